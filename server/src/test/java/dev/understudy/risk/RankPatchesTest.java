package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.advisory.Ternary;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankPatchesTest {
    @Test
    void explainsAKnownExploitedPatchInOneSentence() {
        HostPatch patch =
                new SampleHosts()
                        .listening("nginx", "0.0.0.0", 80)
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-9+deb12u3", "CVE-2026-10001")
                        .knownExploited("CVE-2026-10001", "2026-11-23", Ternary.YES, Ternary.NO)
                        .ranked()
                        .getFirst();
        assertThat(patch.sentence())
                .isEqualTo(
                        "Fix within 3 days (by 26 Nov 2026): CVE-2026-10001 is known exploited,"
                                + " the host is internet-facing, automatable;"
                                + " nginx listens on 0.0.0.0:80.");
        assertThat(patch.id()).hasToString("bookworm/nginx/1.22.1-9+deb12u3");
        assertThat(patch.knownExploited()).isEqualTo(Ternary.YES);
        assertThat(patch.hazard().reach().level()).isEqualTo(Reach.Level.LISTENING);
        assertThat(patch.hazard().kappa()).isEqualTo(0.01);
    }

    @Test
    void saysWhatNobodyKnowsWhereThereAreNoFeeds() {
        SampleHosts host =
                new SampleHosts()
                        .pending(
                                "curl",
                                "curl",
                                "7.88.1-10",
                                "7.88.1-10+deb12u1",
                                "CVE-2026-1111",
                                "CVE-2026-2222");
        host.exposure = Exposure.UNKNOWN;
        HostPatch patch = host.ranked().getFirst();
        assertThat(patch.sentence())
                .isEqualTo(
                        "Fix within 60 days (by 22 Jan 2027): whether CVE-2026-1111 and 1 more are"
                                + " exploited is unknown, the host's exposure is unknown and counts"
                                + " as internet-facing, its SSVC decision points are unknown, so 60"
                                + " days stand in; nothing of it is seen running.");
        assertThat(patch.knownExploited()).isEqualTo(Ternary.UNKNOWN);
        assertThat(patch.evidence().getFirst().sources()).containsExactly("changelog");
        assertThat(patch.evidence().getFirst().probabilitySource()).startsWith("unknown");
        assertThat(patch.hazard().reach().known()).isFalse();
    }

    @Test
    void ranksByClassFirstThenByPriorityAndPutsTheRestLast() {
        List<HostPatch> ranked =
                new SampleHosts()
                        .listening("nginx", "0.0.0.0", 80)
                        .pending("tzdata", "tzdata", "2024a-0", "2024b-0", Blocked.NONE, false)
                        .pending("curl", "curl", "7.88.1-10", "7.88.1-11", "CVE-2026-2001")
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-10", "CVE-2026-2002")
                        .pending("vim", "vim", "9.0-1", "9.0-2", "CVE-2026-2003")
                        .scored("CVE-2026-2001", 0.2, Ternary.NO, Ternary.NO)
                        .scored("CVE-2026-2002", 0.2, Ternary.NO, Ternary.NO)
                        .knownExploited("CVE-2026-2003", "2026-01-01", Ternary.NO, Ternary.NO)
                        .ranked();
        assertThat(ranked)
                .extracting(patch -> patch.id().source())
                .containsExactly("vim", "nginx", "curl", "tzdata");
        assertThat(ranked)
                .extracting(HostPatch::deadlineClass)
                .containsExactly(
                        DeadlineClass.FOURTEEN_DAYS,
                        DeadlineClass.SIXTY_DAYS,
                        DeadlineClass.SIXTY_DAYS,
                        DeadlineClass.NONE);
        HostPatch last = ranked.getLast();
        assertThat(last.security()).isFalse();
        assertThat(last.deadline()).isNull();
        assertThat(last.priority()).isZero();
        assertThat(last.sentence()).startsWith("No deadline");
    }

    @Test
    void joinsWhatFeedsAndChangelogsSayAndTellsWhoSaidIt() {
        HostPatch patch =
                new SampleHosts()
                        .pending("libssl3", "openssl", "3.0.15-1", "3.0.17-1", "CVE-2026-3001")
                        .pending("openssl", "openssl", "3.0.15-1", "3.0.17-1", "CVE-2026-3001")
                        .advisory(
                                "DSA-1-1", "openssl", "3.0.17-1", "CVE-2026-3001", "CVE-2026-3002")
                        .advisory("DSA-0-1", "openssl", "3.0.14-1", "CVE-2020-1000")
                        .advisory("DSA-2-1", "openssl", "3.0.18-1", "CVE-2026-9999")
                        .ranked()
                        .getFirst();
        assertThat(patch.changes()).hasSize(2);
        assertThat(patch.cves()).containsExactly("CVE-2026-3001", "CVE-2026-3002");
        assertThat(patch.evidence())
                .filteredOn(each -> each.cve().equals("CVE-2026-3001"))
                .singleElement()
                .satisfies(
                        each -> {
                            assertThat(each.sources()).containsExactly("changelog", "osv-debian");
                            assertThat(each.clockStart())
                                    .isEqualTo(Instant.parse("2026-11-19T00:00:00Z"));
                            assertThat(each.clockReason()).isEqualTo("the advisory was published");
                        });
    }

    @Test
    void startsTheClockWithTheFixOrTheListingWhicheverIsLater() {
        SampleHosts host =
                new SampleHosts()
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-10", "CVE-2026-4001")
                        .advisory("DSA-3-1", "nginx", "1.22.1-10", "CVE-2026-4001")
                        .knownExploited("CVE-2026-4001", "2026-11-21", Ternary.NO, Ternary.NO);
        Deadline later = deadline(host);
        assertThat(later.clockReason()).contains("CISA listed it");
        assertThat(later.due()).isEqualTo(Instant.parse("2026-12-05T00:00:00Z"));
        host.knownExploited("CVE-2026-4001", "2021-11-03", Ternary.NO, Ternary.NO);
        Deadline earlier = deadline(host);
        assertThat(earlier.clockReason()).isEqualTo("the advisory was published");
        assertThat(earlier.due()).isEqualTo(Instant.parse("2026-12-03T00:00:00Z"));
        assertThat(earlier.overdue(Instant.parse("2026-12-04T00:00:00Z"))).isTrue();
    }

    @Test
    void namesTheEarliestDateWhereTwoClocksRun() {
        HostPatch patch =
                new SampleHosts()
                        .pending(
                                "nginx",
                                "nginx",
                                "1.22.1-9",
                                "1.22.1-10",
                                "CVE-2026-5001",
                                "CVE-2026-5002")
                        .advisory("DSA-4-1", "nginx", "1.22.1-10", "CVE-2026-5002")
                        .knownExploited("CVE-2026-5001", "2026-12-20", Ternary.YES, Ternary.YES)
                        .scored("CVE-2026-5002", 0.1, Ternary.YES, Ternary.NO)
                        .ranked()
                        .getFirst();
        assertThat(patch.deadlineClass()).isEqualTo(DeadlineClass.THREE_DAYS);
        assertThat(patch.sentence()).startsWith("Fix by 3 Dec 2026 (CVE-2026-5002): CVE-2026-5001");
    }

    @Test
    void countsAHostWithoutExposureSettingAsExposedAndAnInternalOneAsNot() {
        SampleHosts host =
                new SampleHosts()
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-10", "CVE-2026-6001")
                        .scored("CVE-2026-6001", 0.1, Ternary.YES, Ternary.YES);
        host.exposure = Exposure.UNKNOWN;
        assertThat(host.ranked().getFirst().deadlineClass()).isEqualTo(DeadlineClass.THREE_DAYS);
        host.exposure = Exposure.INTERNAL;
        assertThat(host.ranked().getFirst().deadlineClass()).isEqualTo(DeadlineClass.SIXTY_DAYS);
    }

    @Test
    void givesASecurityUpdateThatNamesNothingTheDefaultDeadline() {
        HostPatch patch =
                new SampleHosts()
                        .pending("sudo", "sudo", "1.9.13-1", "1.9.13-2")
                        .ranked()
                        .getFirst();
        assertThat(patch.deadlineClass()).isEqualTo(DeadlineClass.SIXTY_DAYS);
        assertThat(patch.deadline()).isNotNull();
        assertThat(patch.priority()).isPositive();
        assertThat(patch.sentence()).contains("its changelog names no CVE");
    }

    @Test
    void weighsCriticalityReachAndReboots() {
        SampleHosts host =
                new SampleHosts()
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-10", "CVE-2026-7001")
                        .scored("CVE-2026-7001", 0.1, Ternary.NO, Ternary.NO);
        double idle = host.ranked().getFirst().priority();
        host.criticality = Criticality.VERY_HIGH;
        assertThat(host.ranked().getFirst().priority() / idle).isCloseTo(10, within(1e-9));
        host.listening("nginx", "127.0.0.1", 80);
        assertThat(host.ranked().getFirst().hazard().reach().level())
                .isEqualTo(Reach.Level.LISTENING_LOCALLY);
        host.listening("nginx", "192.0.2.10", 443);
        assertThat(host.ranked().getFirst().hazard().reach().level())
                .isEqualTo(Reach.Level.LISTENING);
    }

    @Test
    void knowsSignedKernelsByTheirSource() {
        HostPatch patch =
                new SampleHosts()
                        .pending("linux-image-amd64", "linux-signed-amd64", "6.1.99+1", "6.1.158+1")
                        .advisory("DSA-5-1", "linux", "6.1.158-1", "CVE-2026-8001")
                        .ranked()
                        .getFirst();
        assertThat(patch.cves()).containsExactly("CVE-2026-8001");
        assertThat(patch.hazard().effort()).isEqualTo(5);
        assertThat(patch.sentence()).contains("kernel 6.1.0-25-amd64 is running");
    }

    @Test
    void saysWhatThePackageManagerHoldsBack() {
        HostPatch patch =
                new SampleHosts()
                        .pending("nginx", "nginx", "1.22.1-9", "1.22.1-10", Blocked.HELD, true)
                        .ranked()
                        .getFirst();
        assertThat(patch.installable()).isFalse();
        assertThat(patch.blocked())
                .containsExactly(new HostPatch.BlockedChange("nginx", Blocked.HELD));
    }

    private static Deadline deadline(SampleHosts host) {
        Deadline deadline = host.ranked().getFirst().deadline();
        if (deadline == null) {
            throw new AssertionError("there is no deadline");
        }
        return deadline;
    }

    /// Under another rule than the directive it says what that rule goes by.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BOD_26_04; its SSVC decision points are unknown, so 60 days stand in",
                "SSVC;      whether attacks can be automated is unknown and counts as yes",
                "PCI;       no feed gives its severity, so it counts as critical",
                "SLA;       no feed gives its severity, so it counts as critical"
            })
    void explainsByTheRuleOfTheGroup(DeadlineRule.Standard standard, String because) {
        HostPatch patch =
                new SampleHosts()
                        .pending("curl", "curl", "7.88.1-10", "7.88.1-11", "CVE-2026-2001")
                        .under(new DeadlineRule(standard, standard.usual(), false, List.of()))
                        .ranked()
                        .getFirst();
        assertThat(patch.sentence()).contains(because);
        assertThat(patch.evidence().getFirst().assumed()).isNotEmpty();
    }

    /// Names of dpkg, rpm and apk. Nothing but nginx is seen to listen.
    @ParameterizedTest
    @CsvSource({
        "openssl,   libssl3,          LISTENING, false, 2",
        "zlib,      zlib1g,           LISTENING, false, 2",
        "openssl,   openssl-libs,     LISTENING, false, 2",
        "glibc,     glibc,            LISTENING, false, 5",
        "krb5,      krb5-libs,        LISTENING, false, 2",
        "openssl,   libcrypto3,       LISTENING, false, 2",
        "musl,      musl,             LISTENING, false, 5",
        "nginx,     nginx-core,       LISTENING, true,  2",
        "kernel,    kernel-core,      RUNNING,   true,  5",
        "linux-lts, linux-lts,        RUNNING,   true,  5",
        "vim,       vim-minimal,      INSTALLED, true,  1",
    })
    void reachesLibrariesThroughWhatListensAndKnowsKernelsByTheirNames(
            String source, String name, Reach.Level level, boolean known, int effort) {
        Hazard hazard =
                new SampleHosts()
                        .listening("nginx", "0.0.0.0", 80)
                        .pending(name, source, "1.0-1", "1.0-2", "CVE-2026-2001")
                        .ranked()
                        .getFirst()
                        .hazard();
        assertThat(hazard.reach().level()).isEqualTo(level);
        assertThat(hazard.reach().known()).isEqualTo(known);
        assertThat(hazard.effort()).isEqualTo(effort);
    }
}
