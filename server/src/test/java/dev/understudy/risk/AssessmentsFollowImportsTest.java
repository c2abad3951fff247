package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.exposure.FollowDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// After any imports, what is kept and worked out again where it was touched is what working
/// everything out anew gives; and what was not touched is not worked out again.
class AssessmentsFollowImportsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final int KINDS = 9;
    private static final int PACKAGES = 8;
    private static final int CVES = 40;

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final Feeds feeds =
            TestFeeds.on(database, clock, new KevFormat(), new EpssFormat(), new DebianFormat());
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final Patches patches = patches(index);
    private final NextDeadlines deadlines = new NextDeadlines(database, feeds, index, clock);
    private final List<HostId> hosts = new ArrayList<>();
    @TempDir Path folder = Path.of("");
    private String group = "cost";
    private int files;

    /// The score of each CVE in thousandths.
    private final TreeMap<Integer, Integer> scores = new TreeMap<>();

    private final TreeMap<Integer, String> exploited = new TreeMap<>();

    /// Which package's which version fixes which CVE.
    private final TreeMap<Integer, String> fixes = new TreeMap<>();

    private Patches patches(FollowDatabase follows) {
        return new Patches(
                database, fleet.inventories, feeds, follows, HazardSettings.USUAL, clock);
    }

    @BeforeEach
    void startWithoutFeeds() {
        database.sql(
                        """
                        truncate advisory.feeds, advisory.imports, advisory.advisories,
                                 advisory.fixed_versions, advisory.fix_history, advisory.exploited,
                                 advisory.exploits, advisory.epss, advisory.fact_changes
                        """)
                .update();
    }

    @RepeatedTest(4)
    void givesWhatWorkingEverythingOutAnewGives(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        group = "random-" + repetition.getCurrentRepetition();
        enrol(random);
        compare();
        for (int i = 0; i < 6; i++) {
            for (int j = random.nextInt(3); j >= 0; j--) {
                importSomething(random);
            }
            if (random.nextInt(3) == 0) {
                fleet.inventory(hosts.get(random.nextInt(KINDS)), kind(random).inventory());
            }
            compare();
        }
    }

    @Test
    void anAdditionToTheCatalogueAndNewScoresCostWhatTheyTouch() {
        for (int i = 0; i < KINDS; i++) {
            hosts.add(
                    fleet.enrol(
                            "kind-" + i + "-" + files,
                            "cost",
                            new SampleHosts().pending(name(i), name(i), "1.0", "1.5").inventory()));
        }
        for (int i = 0; i < KINDS; i++) {
            fixes.put(i, name(i) + " 1.5");
            scores.put(i, 100 + i);
        }
        exploited.put(CVES, "2026-11-01");
        take("debian", debian());
        take("kev", kev());
        take("epss", epss());
        compare();

        exploited.put(3, "2026-11-20");
        assertThat(costOf("kev", kev())).isEqualTo(new AssessmentWork(0, 1));
        assertThat(patches.forHost(hosts.get(3)).getFirst().deadline()).isNotNull();
        assertThat(costOf("kev", kev())).isEqualTo(new AssessmentWork(0, 0));
        scores.put(5, 900);
        scores.put(7, 901);
        assertThat(costOf("epss", epss())).isEqualTo(new AssessmentWork(0, 2));
        fixes.put(CVES - 1, name(8) + " 1.4");
        assertThat(costOf("debian", debian())).isEqualTo(new AssessmentWork(1, 1));
        fixes.remove(CVES - 1);
        assertThat(costOf("debian", debian())).isEqualTo(new AssessmentWork(1, 1));
        compare();
    }

    private AssessmentWork costOf(String feed, String content) {
        AssessmentWork before = patches.work();
        take(feed, content);
        patches.ranked(PatchFilter.ofGroup("cost", true));
        return patches.work().since(before);
    }

    private void compare() {
        FollowDatabase other = new FollowDatabase(database, clock);
        Patches anew = patches(other);
        PatchFilter here = PatchFilter.ofGroup(group, false);
        assertThat(patches.ranked(here)).isEqualTo(anew.ranked(here));
        for (HostId host : hosts) {
            assertThat(patches.assessment(host)).isEqualTo(anew.assessment(host));
        }
        NextDeadlines deadlinesAnew = new NextDeadlines(database, feeds, other, clock);
        assertThat(deadlines.first(null, null, 1_000))
                .isEqualTo(deadlinesAnew.first(null, null, 1_000));
        assertThat(deadlines.first(group, null, 1_000))
                .isEqualTo(deadlinesAnew.first(group, null, 1_000));
    }

    private void enrol(Random random) {
        for (int i = 0; i < KINDS; i++) {
            hosts.add(
                    fleet.enrol(
                            "host-" + i + "-" + random.nextInt(1_000_000),
                            group,
                            kind(random).inventory()));
        }
    }

    private static SampleHosts kind(Random random) {
        SampleHosts kind = new SampleHosts();
        for (int i = 0; i < PACKAGES; i++) {
            String version = "1." + random.nextInt(4);
            switch (random.nextInt(3)) {
                case 0 -> kind.installed(name(i), name(i), version);
                case 1 -> {
                    String[] told =
                            random.nextBoolean()
                                    ? new String[] {cve(random.nextInt(CVES))}
                                    : new String[0];
                    kind.pending(name(i), name(i), version, "1." + (4 + random.nextInt(4)), told);
                }
                default -> {}
            }
        }
        return kind;
    }

    private void importSomething(Random random) {
        clock.pass(Duration.ofHours(1));
        int cve = random.nextInt(CVES);
        switch (random.nextInt(3)) {
            case 0 -> {
                exploited.compute(cve, (_, listed) -> listed == null ? day(random) : other(listed));
                exploited.putIfAbsent(CVES, "2026-11-01");
                take("kev", kev());
            }
            case 1 -> {
                if (random.nextInt(4) == 0) {
                    IntStream.range(0, CVES).forEach(i -> scores.put(i, random.nextInt(1_000)));
                } else {
                    scores.put(cve, random.nextInt(1_000));
                }
                take(random.nextInt(4) == 0 ? "epss-other" : "epss", epss());
            }
            default -> {
                fixes.put(cve, name(random.nextInt(PACKAGES)) + " 1." + random.nextInt(8));
                take("debian", debian());
            }
        }
    }

    private static @Nullable String other(String listed) {
        return listed.endsWith("3") ? null : listed.substring(0, 9) + "3";
    }

    private static String day(Random random) {
        return "2026-11-%02d".formatted(1 + random.nextInt(9));
    }

    /// A feed that lost too much is refused and changes nothing, which is compared as well.
    private void take(String feed, String content) {
        try {
            Path file = folder.resolve(feed + ++files);
            Files.writeString(file, content);
            FeedImport.Outcome outcome =
                    feeds.importFrom(feed, file.toUri(), "token:test").outcome();
            assertThat(outcome).isNotEqualTo(FeedImport.Outcome.UNREACHABLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(int i) {
        return "package-" + i;
    }

    private static String cve(int i) {
        return "CVE-2026-%05d".formatted(10_000 + i);
    }

    private String kev() {
        return """
               {"title": "catalogue", "catalogVersion": "%s", "dateReleased": "%s", "count": %d,
                "vulnerabilities": [%s]}
               """
                .formatted(
                        files,
                        clock.instant(),
                        exploited.size(),
                        exploited.entrySet().stream()
                                .map(
                                        each ->
                                                """
                                                {"cveID": "%s", "vulnerabilityName": "x",
                                                 "dateAdded": "%s"}
                                                """
                                                        .formatted(
                                                                cve(each.getKey()),
                                                                each.getValue()))
                                .collect(Collectors.joining(",")));
    }

    private String epss() {
        Instant date = clock.instant();
        return "#model_version:v2025.03.14,score_date:%s\ncve,epss,percentile\n%s"
                .formatted(
                        date,
                        scores.entrySet().stream()
                                .map(
                                        each ->
                                                "%s,%s,0.5"
                                                        .formatted(
                                                                cve(each.getKey()),
                                                                each.getValue() / 1_000.0))
                                .collect(Collectors.joining("\n", "", "\n")));
    }

    private String debian() {
        return fixes.entrySet().stream()
                .collect(
                        Collectors.groupingBy(
                                each -> each.getValue().split(" ", 2)[0],
                                TreeMap::new,
                                Collectors.mapping(
                                        each ->
                                                """
                                                "%s": {"releases": {"bookworm": {
                                                  "status": "resolved", "fixed_version": "%s",
                                                  "repositories": {"bookworm": "1.0"},
                                                  "urgency": "high"}}}
                                                """
                                                        .formatted(
                                                                cve(each.getKey()),
                                                                each.getValue().split(" ", 2)[1]),
                                        Collectors.joining(","))))
                .entrySet()
                .stream()
                .map(each -> "\"%s\": {%s}".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
