package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.Ternary;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PatchesTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final Feeds feeds = TestFeeds.on(database, clock, new KevFormat(), new DebianFormat());
    private final Patches patches =
            new Patches(
                    database,
                    fleet.inventories,
                    feeds,
                    new FollowDatabase(database, clock),
                    HazardSettings.USUAL,
                    clock);

    /// Tests share a database, so each uses a group of its own.
    @Test
    void ranksWhatTheFleetNeedsAndFollowsItsChanges() {
        HostId web = fleet.enrol("web-1", "ranked", webServer().inventory());
        HostId other = fleet.enrol("web-2", "ranked", webServer().inventory());
        HostId quiet =
                fleet.enrol(
                        "quiet",
                        "ranked",
                        new SampleHosts().installed("vim", "vim", "9.0-1").inventory());
        List<RankedPatch> ranked = patches.ranked(PatchFilter.ofGroup("ranked", true));
        assertThat(ranked)
                .singleElement()
                .satisfies(
                        patch -> {
                            assertThat(patch.hosts()).isEqualTo(2);
                            assertThat(patch.knownExploited()).isEqualTo(Ternary.UNKNOWN);
                            assertThat(patch.sentence())
                                    .startsWith("On 2 hosts. Fix within 60 days");
                            assertThat(patch.packages()).containsExactly("nginx");
                        });
        assertThat(patches.ranked(PatchFilter.ofGroup("ranked", false))).hasSize(2);
        assertThat(patches.forHost(quiet)).isEmpty();
        assertThat(patches.forHost(HostId.random())).isEmpty();

        clock.pass(Duration.ofMinutes(1));
        fleet.inventory(
                web, new SampleHosts().installed("nginx", "nginx", "1.22.1-9+deb12u3").inventory());
        assertThat(patches.forHost(web)).isEmpty();
        assertThat(patches.ranked(PatchFilter.ofHost(other, true))).hasSize(1);
    }

    @Test
    void usesFeedsAsSoonAsTheyAreThere() {
        HostId host = fleet.enrol("web-3", "fed", webServer().inventory());
        assertThat(patches.forHost(host).getFirst().cves()).containsExactly("CVE-2026-10001");
        feeds.importFrom("kev", Path.of("testdata/feeds/kev/valid.json").toUri(), "token:test");
        feeds.importFrom(
                "debian", Path.of("testdata/feeds/debian/valid.json").toUri(), "token:test");
        HostPatch patch = patches.forHost(host).getFirst();
        assertThat(patch.knownExploited()).isEqualTo(Ternary.YES);
        assertThat(patch.deadlineClass()).isEqualTo(DeadlineClass.THREE_DAYS);
        assertThat(patch.evidence().getFirst().sources()).containsExactly("changelog", "debian");
        RiskSummary summary = patches.summary();
        assertThat(summary.knownExploited()).isPositive();
        assertThat(summary.earliest()).isNotNull();
        assertThat(summary.coverage()).contains("no EPSS feed");

        ExposedHosts exposed = new ExposedHosts(new FollowDatabase(database, clock));
        assertThat(exposed.all("CVE-2026-10001"))
                .extracting(each -> each.host() + " " + each.source() + " " + each.patch())
                .contains(host + " nginx " + patch.id());
        assertThat(exposed.all("CVE-1999-0001")).isEmpty();
    }

    @Test
    void keepsTheTimeAPatchWasFirstSeen() {
        HostId first = fleet.enrol("old", "seen", webServer().inventory());
        Deadline deadline = patches.forHost(first).getFirst().deadline();
        clock.pass(Duration.ofDays(5));
        HostId second = fleet.enrol("new", "seen", webServer().inventory());
        assertThat(patches.forHost(second).getFirst().deadline()).isEqualTo(deadline);
    }

    @Test
    void hasAReasonForEverythingThatIsPending() {
        SampleHosts host =
                webServer()
                        .pending(
                                "curl",
                                "curl",
                                "7.88.1-10",
                                "7.88.1-11",
                                Blocked.HELD,
                                true,
                                "CVE-2026-1999")
                        .installed("openssl", "openssl", "3.0.9-1");
        host.rebootReasons.add("kernel 6.1.0-30 is installed, 6.1.0-25 is running");
        HostId id = fleet.enrol("why", "why", host.inventory());
        ReasonSource rollout =
                (_, all) ->
                        Map.of(
                                all.getFirst().id(),
                                new Reason(
                                        Reason.Code.AWAITING_APPROVAL, "Somebody has to say yes."));
        WhyUnpatched why = new WhyUnpatched(patches, List.of(rollout), clock);
        WhyUnpatched.Reasons reasons = why.forHost(id);
        assertThat(reasons.packages()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(reasons.packages())
                .extracting(each -> each.packageName() + " " + each.reason().code())
                .contains("curl HELD", "tzdata NOT_YET_PLANNED");
        assertThat(reasons.packages())
                .extracting(each -> each.reason().code())
                .contains(Reason.Code.AWAITING_APPROVAL);
        assertThat(reasons.host())
                .singleElement()
                .extracting(Reason::code)
                .isEqualTo(Reason.Code.AWAITING_REBOOT);
        clock.pass(Duration.ofDays(3));
        assertThat(why.forHost(id).host())
                .extracting(Reason::code)
                .contains(Reason.Code.STALE_METADATA);
    }

    @Test
    void saysThatAnObservedHostIsOnlyObserved() {
        SampleHosts host = webServer();
        host.mode = Capabilities.Mode.OBSERVE;
        HostId id = fleet.enrol("watched", "watched", host.inventory());
        assertThat(new WhyUnpatched(patches, List.of(), clock).forHost(id).packages())
                .allSatisfy(
                        each ->
                                assertThat(each.reason().code())
                                        .isEqualTo(Reason.Code.OBSERVE_ONLY));
        assertThat(new WhyUnpatched(patches, List.of(), clock).forHost(HostId.random()).host())
                .hasSize(1);
    }

    @Test
    void readsAPatchsNameBack() {
        PatchId id = new PatchId("bookworm", "openssh", "1:9.2p1-2+deb12u7");
        assertThat(PatchId.parse(id.toString())).isEqualTo(id);
        for (String wrong : List.of("", "a/b", "a/b/c/d", "a/../c", "bookworm/-x/1", "a/b/1 2")) {
            assertThatThrownBy(() -> PatchId.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static SampleHosts webServer() {
        return new SampleHosts()
                .listening("nginx", "0.0.0.0", 80)
                .pending("nginx", "nginx", "1.22.1-9+deb12u2", "1.22.1-9+deb12u3", "CVE-2026-10001")
                .pending("tzdata", "tzdata", "2024a-0", "2024b-0", Blocked.NONE, false);
    }
}
