package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestAdvisories;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.HostSettings;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.risk.exposure.FollowDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is due next in the fleet is what the hosts' own patches say, host by host: by the rules of
/// their groups, with exceptions, and with what only changelogs tell.
class NextDeadlinesTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final List<String> SOURCES = List.of("openssl", "nginx", "curl", "vim");
    private static final List<String> CVES =
            List.of("CVE-2026-10001", "CVE-2026-10002", "CVE-2026-40001", "CVE-2026-40002");
    private static final List<String> GROUPS = List.of("usual", "ssvc", "pci", "sla");

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final TestAdvisories advisories = new TestAdvisories(database);
    private final Feeds feeds = TestFeeds.on(database, clock, new KevFormat());
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final NextDeadlines deadlines = new NextDeadlines(database, feeds, index, clock);
    private final FindingExceptions exceptions =
            new FindingExceptions(database, fleet.audit, clock);
    private final Random random = new Random(11);
    private final List<HostId> hosts = new ArrayList<>();

    /// What `deadlines` and `patches` both say of a CVE in a patch.
    private record Said(
            String cve,
            String patch,
            Instant due,
            DeadlineClass deadlineClass,
            Instant clockStart,
            String clockReason,
            List<String> assumed,
            String excepted) {}

    @Test
    void neverDisagreesWithWhatIsSaidOfEachHost() {
        feeds.importFrom("kev", Path.of("testdata/feeds/kev/valid.json").toUri(), "token:test");
        rules();
        int rows = 0;
        for (int round = 0; round < 12; round++) {
            clock.pass(Duration.ofHours(1 + random.nextInt(100)));
            if (round % 3 == 0) {
                statements();
            }
            for (int i = 0; i < 6; i++) {
                change(round * 6 + i);
            }
            if (round > 2) {
                except();
            }
            index.catchUp();
            for (String group : new String[] {null, "usual", "ssvc", "pci", "sla"}) {
                Map<Said, Integer> expected = expected(group);
                assertThat(actual(group)).as("round %d, %s", round, group).isEqualTo(expected);
                rows += expected.size();
            }
        }
        assertThat(rows).isGreaterThan(500);
    }

    private void rules() {
        DeadlineRules rules = new DeadlineRules(database, fleet.audit);
        rules.put(
                "token:ann",
                "ssvc",
                new DeadlineRule(
                        DeadlineRule.Standard.SSVC,
                        List.of(2, 10, 40),
                        true,
                        List.of(LocalDate.parse("2026-12-25"))));
        rules.put(
                "token:ann",
                "pci",
                new DeadlineRule(DeadlineRule.Standard.PCI, List.of(30, 90), false, List.of()));
        rules.put(
                "token:ann",
                "sla",
                new DeadlineRule(
                        DeadlineRule.Standard.SLA, List.of(1, 2, 30, 100), true, List.of()));
    }

    private Map<Said, Integer> actual(@Nullable String group) {
        Map<Said, Integer> said = new TreeMap<>(java.util.Comparator.comparing(Said::toString));
        Instant before = Instant.MIN;
        for (NextDeadlines.Next each : deadlines.first(group, null, Integer.MAX_VALUE)) {
            assertThat(each.due()).isAfterOrEqualTo(before);
            before = each.due();
            String patch = each.patch();
            if (patch != null) {
                said.merge(
                        new Said(
                                each.cve(),
                                patch,
                                each.due(),
                                each.deadlineClass(),
                                each.clockStart(),
                                each.clockReason(),
                                each.assumed(),
                                each.excepted()),
                        each.hosts(),
                        Integer::sum);
            }
        }
        return said;
    }

    private Map<Said, Integer> expected(@Nullable String group) {
        Patches patches =
                new Patches(database, fleet.inventories, feeds, index, HazardSettings.USUAL, clock);
        Map<Said, Integer> said = new TreeMap<>(java.util.Comparator.comparing(Said::toString));
        for (HostId host : hosts) {
            if (group == null || fleet.hosts.get(host).group().equals(group)) {
                patches.forHost(host).forEach(each -> add(said, each));
            }
        }
        return said;
    }

    private static void add(Map<Said, Integer> said, HostPatch patch) {
        Deadline deadline = patch.deadline();
        if (patch.evidence().isEmpty() && deadline != null) {
            said.merge(
                    new Said(
                            "",
                            patch.id().toString(),
                            deadline.due(),
                            patch.deadlineClass(),
                            deadline.clockStart(),
                            deadline.clockReason(),
                            List.of(),
                            ""),
                    1,
                    Integer::sum);
        }
        for (CveVerdict each : patch.evidence()) {
            Instant due = each.due();
            if (due != null) {
                said.merge(
                        new Said(
                                each.cve(),
                                patch.id().toString(),
                                due,
                                each.deadlineClass(),
                                each.clockStart(),
                                each.clockReason(),
                                each.assumed(),
                                each.excepted()),
                        1,
                        Integer::sum);
            }
        }
    }

    @Test
    void tellsWhatNothingPendingFixesToo() {
        advisories.replace(
                "alone",
                List.of(row("DSA-77", List.of("CVE-2026-50001"), "only-here", "2-1")),
                clock.instant());
        HostId host =
                fleet.enrol(
                        "alone",
                        "alone",
                        new SampleHosts().installed("only", "only-here", "1-1").inventory());
        index.catchUp();
        assertThat(deadlines.first("alone", null, 10))
                .singleElement()
                .satisfies(
                        next -> {
                            assertThat(next.patch()).isNull();
                            assertThat(next.fixed()).isEqualTo("2-1");
                            assertThat(next.clockReason())
                                    .isEqualTo("the fix was first known here");
                        });
        Instant until = clock.instant().plus(Duration.ofDays(200));
        exceptions.add("token:ann", "CVE-2026-50001", host, "", "Ann", "no need", until);
        assertThat(deadlines.first("alone", null, 10))
                .extracting(NextDeadlines.Next::due)
                .containsExactly(until);
    }

    private void statements() {
        List<TestAdvisories.Row> rows = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            rows.add(
                    row(
                            "DSA-" + i,
                            random.nextInt(6) == 0
                                    ? List.of()
                                    : List.of(any(CVES), any(CVES)).stream().distinct().toList(),
                            any(SOURCES),
                            version()));
        }
        advisories.replace("rules", rows, clock.instant());
        for (int i = 0; i < 8; i += 2) {
            advisories.published(
                    "rules",
                    "DSA-" + i,
                    clock.instant().minus(Duration.ofDays(random.nextInt(90))),
                    clock.instant());
        }
        // As an import does, so that nobody goes on with what it said before.
        feeds.importFrom("kev", Path.of("testdata/feeds/kev/valid.json").toUri(), "token:test");
    }

    private static TestAdvisories.Row row(
            String advisory, List<String> cves, String source, String fixed) {
        return new TestAdvisories.Row(
                advisory, cves, false, "bookworm", source, "FIXED", "0", fixed);
    }

    private void change(int number) {
        if (hosts.size() < 14 || random.nextInt(6) == 0) {
            HostId host = fleet.enrol("next-" + number, any(GROUPS), inventory());
            hosts.add(host);
            return;
        }
        HostId host = any(hosts);
        if (random.nextBoolean()) {
            fleet.hosts.set(
                    host,
                    new HostSettings(
                            any(GROUPS),
                            null,
                            any(List.of(Criticality.values())),
                            any(List.of(Exposure.values()))));
        } else {
            fleet.inventory(host, inventory());
        }
    }

    private Inventory inventory() {
        SampleHosts host = new SampleHosts();
        for (String source : SOURCES) {
            int installed = random.nextInt(5);
            String from = "1." + installed + "-1";
            if (random.nextBoolean()) {
                host.pending(
                        source,
                        source,
                        from,
                        "1." + (installed + 1 + random.nextInt(2)) + "-1",
                        Blocked.NONE,
                        random.nextBoolean(),
                        random.nextBoolean() ? new String[0] : new String[] {any(CVES)});
            } else {
                host.installed(source, source, from);
            }
        }
        return host.inventory();
    }

    private void except() {
        HostId host = any(hosts);
        int scope = random.nextInt(3);
        exceptions.add(
                "token:ann",
                random.nextBoolean() ? any(CVES) : "bookworm/" + any(SOURCES) + "/" + version(),
                scope == 0 ? host : null,
                scope == 1 ? any(GROUPS) : "",
                "Ann",
                "because " + random.nextInt(3),
                clock.instant().plus(Duration.ofDays(20 + random.nextInt(200))));
    }

    private String version() {
        return "1." + random.nextInt(7) + "-1";
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
