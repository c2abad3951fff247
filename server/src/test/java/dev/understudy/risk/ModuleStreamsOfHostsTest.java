package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.risk.exposure.Exposed;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.PastExposure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is fixed in one module stream says nothing of another; where a host does not tell its
/// streams, every stream counts.
class ModuleStreamsOfHostsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @TempDir Path folder = Path.of("");

    private static final String CVE = "CVE-2023-23936";
    private static final String OLD_16 = "1:16.18.1-3.module_el8.7.0+3370+2d4b1b9b";
    private static final String OLD_18 = "1:18.12.1-2.module_el8.7.0+3379+4a8f0b3c";
    private static final String FIXED_18 = "1:18.14.2-2.module_el8.7.0+3454+3ab57c5b";

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final Feeds feeds = TestFeeds.on(database, clock, new OsvFormat());
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final Patches patches =
            new Patches(database, fleet.inventories, feeds, index, HazardSettings.USUAL, clock);

    @Test
    void anAdvisoryOfOneStreamMeansNoOther() throws IOException {
        say("osv-alma", advisory("Important: nodejs:18 security update"));
        HostId same = enrol("same", OLD_18, "nodejs:18");
        HostId untold = enrol("untold", OLD_16, null);
        enrol("other", OLD_16, "nodejs:16");
        enrol("none", "1:10.24.0-1.el8", "");
        enrol("fixed", FIXED_18, "nodejs:18");
        index.catchUp();
        List<Exposed> exposed = new ExposedHosts(index).all(CVE);
        assertThat(exposed).extracting(Exposed::host).containsExactlyInAnyOrder(same, untold);
        assertThat(exposed)
                .extracting(each -> each.host().equals(same) ? "" : each.assumed())
                .containsExactlyInAnyOrder(
                        "", "the host does not tell module streams: counted as nodejs:18");
        List<Exposed> then = new ArrayList<>();
        new PastExposure(database).stream(CVE, clock.instant(), null, then::addAll);
        assertThat(then).extracting(Exposed::host).containsExactlyInAnyOrder(same, untold);
        assertThat(patches.ranked(PatchFilter.ofGroup("same", true)).getFirst().cves())
                .containsExactly(CVE);
        assertThat(patches.forHost(untold).getFirst().evidence().getFirst().assumed())
                .contains("the host does not tell module streams: counted as nodejs:18");
        assertThat(patches.ranked(PatchFilter.ofGroup("other", false)).getFirst().cves()).isEmpty();
        List<NextDeadlines.Next> next =
                new NextDeadlines(database, feeds, index, clock).first(null, null, 100);
        assertThat(next)
                .filteredOn(each -> each.cve().equals(CVE))
                .extracting(NextDeadlines.Next::patch, NextDeadlines.Next::hosts)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("almalinux:8/nodejs/" + FIXED_18, 2));

        // A build for a module whose stream nobody tells may be of any.
        clock.pass(Duration.ofHours(1));
        say("osv-alma", advisory("nodejs security update"));
        index.catchUp();
        assertThat(new ExposedHosts(index).all(CVE))
                .extracting(Exposed::assumed)
                .containsExactlyInAnyOrder(
                        "the advisory does not tell its module stream: counted as nodejs:18",
                        "the advisory does not tell its module stream: counted as nodejs:16",
                        "the host does not tell module streams: counted as the one that is"
                                + " meant");
    }

    private void say(String feed, String record) throws IOException {
        Path file = Files.writeString(folder.resolve("alma"), record);
        assertThat(feeds.importFrom(feed, file.toUri(), "token:ann"))
                .extracting(FeedImport::outcome)
                .isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    private static String advisory(String summary) {
        return """
        {"id": "ALSA-2023:1583", "summary": "%s", "modified": "2023-04-04T00:00:00Z",
         "published": "2023-04-04T00:00:00Z", "related": ["%s"],
         "affected": [{"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs"},
           "ranges": [{"type": "ECOSYSTEM",
                       "events": [{"introduced": "0"}, {"fixed": "%s"}]}]}]}
        """
                .formatted(summary, CVE, FIXED_18);
    }

    private HostId enrol(String name, String version, @Nullable String module) {
        return fleet.enrol(
                name,
                name,
                new Inventory(
                        new Platform("almalinux", "8.7", "", "AlmaLinux 8.7", "x86_64", "kvm"),
                        new Kernel("4.18.0-425.el8.x86_64", List.of()),
                        List.of(
                                new InstalledPackage(
                                        "nodejs", "x86_64", version, "nodejs", version, "ii",
                                        module)),
                        version.equals(FIXED_18) ? List.of() : List.of(pending(version)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Capabilities("dnf", true, "", Capabilities.Mode.MANAGED, List.of()),
                        Instant.parse("2026-11-23T06:00:00Z")));
    }

    private static PendingUpgrade pending(String installed) {
        return new PendingUpgrade(
                "nodejs",
                "x86_64",
                installed,
                FIXED_18,
                "nodejs",
                FIXED_18,
                "",
                "",
                "",
                false,
                PendingUpgrade.Blocked.NONE,
                List.of(),
                false,
                1);
    }
}
