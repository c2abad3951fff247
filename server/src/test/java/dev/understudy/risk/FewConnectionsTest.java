package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.PastExposure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Those that hold a connection and one that waits for one ask the same at the same time, where all
/// connections are taken: none of them waits for somebody who waits for a connection.
class FewConnectionsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final int CONNECTIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ManualClock clock = new ManualClock();
    private final Pooled pool = new Pooled(DATABASE.get(), CONNECTIONS, PATIENCE);
    private final Database database = pool.database();
    private final FollowDatabase index = new FollowDatabase(database, clock);
    @TempDir Path folder = Path.of("");

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void everybodyMayBringTheIndexUpToDate() throws Exception {
        everybody(index::catchUp);
        everybody(index::catchUp);
    }

    @Test
    void everybodyMayAskWhatIsPendingAfterAnImport() throws Exception {
        TestFleet fleet = TestFleet.on(database, clock);
        Feeds feeds = TestFeeds.on(database, clock, new KevFormat());
        Patches patches =
                new Patches(database, fleet.inventories, feeds, index, HazardSettings.USUAL, clock);
        patches.ranked(PatchFilter.all());
        for (int entries = 1; entries < 4; entries++) {
            assertThat(feeds.importFrom("kev", catalogue(entries).toUri(), "token:test").outcome())
                    .isEqualTo(FeedImport.Outcome.IMPORTED);
            everybody(() -> patches.ranked(PatchFilter.all()));
        }
    }

    @Test
    void everybodyMayAskAboutThePast() throws Exception {
        PastExposure past = new PastExposure(database);
        everybody(() -> past.count("CVE-2026-1", clock.instant(), null));
    }

    /// Has `work` done in a transaction by as many as there are connections, once another one, who
    /// is in none, waits for a connection to do the same.
    private void everybody(Runnable work) throws Exception {
        CountDownLatch held = new CountDownLatch(CONNECTIONS);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                all.add(
                        threads.submit(
                                () ->
                                        database.inTransaction(
                                                () -> {
                                                    held.countDown();
                                                    await(go);
                                                    work.run();
                                                })));
            }
            await(held);
            all.add(threads.submit(work));
            while (pool.waiting() == 0) {
                Thread.sleep(10);
            }
            go.countDown();
            for (Future<?> each : all) {
                each.get(4 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path catalogue(int entries) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < entries; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"cveID\": \"CVE-2026-%d\", ".formatted(1_000 + i))
                    .append("\"dateAdded\": \"2026-11-20\"}");
        }
        return Files.writeString(
                folder.resolve("kev-" + entries),
                """
                {"catalogVersion": "%d", "dateReleased": "2026-11-20T00:00:00Z", "count": %d,
                 "vulnerabilities": [%s]}
                """
                        .formatted(entries, entries, text));
    }
}
