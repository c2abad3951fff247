package dev.understudy.bench;

import dev.understudy.advisory.FeedLimits;
import dev.understudy.advisory.FeedSecrets;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.FetchFeed;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.NextDeadlines;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.PatchHosts;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What is due next, and who needs a patch: of the fleet that is loaded.
final class QuestionsOfTheFleet {
    private static final int AGAIN = 10;
    private static final int PAGES = 400;
    private static final int PAGE = 100;

    private final Database database;
    private final int hosts;
    private final FollowDatabase index;
    private final NextDeadlines deadlines;
    private final PatchHosts patchHosts;

    QuestionsOfTheFleet(Database database, int hosts, FollowDatabase index) {
        InstantSource clock = InstantSource.system();
        this.database = database;
        this.hosts = hosts;
        this.index = index;
        this.deadlines =
                new NextDeadlines(
                        database,
                        new Feeds(
                                database,
                                new Outbox(database, clock),
                                new AuditTrail(database, clock),
                                new FetchFeed(
                                        FeedLimits.USUAL, new FeedSecrets(Path.of("none")), null),
                                List.of(),
                                clock,
                                new Random(1)),
                        index,
                        clock);
        this.patchHosts = new PatchHosts(index);
    }

    void run() {
        print("deadlines_first_ms", ask(null));
        Latencies same = new Latencies();
        Latencies changed = new Latencies();
        for (int i = 0; i < AGAIN; i++) {
            same.add(ask(null));
            ExposureBenchmark.changeShape(database, LoadFleet.host(i));
            index.catchUp();
            changed.add(ask(null));
        }
        print("deadlines_unchanged_p50_ms", same.at(0.5));
        print("deadlines_after_change_p50_ms", changed.at(0.5));
        print("deadlines_of_a_group_ms", ask("group-1"));
        List<NextDeadlines.Next> all = deadlines.first(null, null, Integer.MAX_VALUE);
        print("deadlines", (double) all.size());
        all.stream()
                .filter(each -> each.patch() != null)
                .max(java.util.Comparator.comparingInt(NextDeadlines.Next::hosts))
                .ifPresent(each -> pages(String.valueOf(each.patch())));
    }

    private long ask(@Nullable String group) {
        long began = System.nanoTime();
        deadlines.first(group, null, PAGE);
        return System.nanoTime() - began;
    }

    /// Page by page through all hosts of one patch.
    private void pages(String patch) {
        String[] parts = patch.split("/");
        Latencies latencies = new Latencies();
        HostId after = null;
        int total = 0;
        for (int i = 0; i < PAGES; i++) {
            long began = System.nanoTime();
            PatchHosts.Answer part =
                    patchHosts.page(parts[0], parts[1], parts[2], null, after, PAGE);
            latencies.add(System.nanoTime() - began);
            after = part.next();
            total = part.total();
        }
        print("hosts_of_patch", (double) total);
        print("patch_page_p50_ms", latencies.at(0.5));
        print("patch_page_p99_ms", latencies.at(0.99));
    }

    private void print(String name, long nanos) {
        print(name, nanos / 1e6);
    }

    private void print(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %d %s %.3f%n", hosts, name, value);
    }
}
