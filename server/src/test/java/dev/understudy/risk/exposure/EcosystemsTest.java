package dev.understudy.risk.exposure;

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
import dev.understudy.protocol.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From a record of each distribution that OSV publishes to who is exposed, by what such hosts say
/// of themselves and in the order of their package manager. Every case has versions that another
/// order, or none, would take for fixed or for affected.
class EcosystemsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static int cases;
    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final Feeds feeds = TestFeeds.on(database, clock, new OsvFormat());
    private final FollowDatabase index = new FollowDatabase(database, clock);
    @TempDir Path folder = Path.of("");

    /// The ecosystem and the package that the record names, and the version that it says is fixed;
    /// what the host says of itself, its package with its source; versions that are affected, and
    /// versions that are not.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "Debian:12; openssl; 3.0.17-1~deb12u3; debian 12 bookworm apt; libssl3 openssl;"
                        + " 3.0.17-1~deb12u2 3.0.9-1 3.0.17-1~deb12u3~bpo1;"
                        + " 3.0.17-1~deb12u3 3.0.17-1~deb12u10 3.0.17-1",
                "Ubuntu:22.04:LTS; openssl; 3.0.2-0ubuntu1.10; ubuntu 22.04 jammy apt;"
                        + " libssl3 openssl; 3.0.2-0ubuntu1.9 3.0.2-0ubuntu1;"
                        + " 3.0.2-0ubuntu1.10 3.0.2-0ubuntu1.15",
                "AlmaLinux:9; openssl-libs; 1:3.0.7-25.el9_3; almalinux 9.4 - dnf;"
                        + " openssl-libs openssl; 1:3.0.7-9.el9 3.2.0-1.el9 1:3.0.7~rc1-99.el9;"
                        + " 1:3.0.7-25.el9_3 1:3.0.7-100.el9 1:3.0.7^git1-1.el9",
                "Rocky Linux:9; openssl; 1:3.0.7-28.el9_4; rocky 9.4 - dnf; openssl-libs openssl;"
                        + " 1:3.0.7-9.el9 3.2.0-1.el9; 1:3.0.7-28.el9_4 1:3.0.7-100.el9",
                "SUSE:Linux Enterprise Server 15 SP6; openssl-3; 3.1.4-150600.5.10.1;"
                        + " sles 15.6 - zypper; libopenssl3 openssl-3;"
                        + " 3.1.4-150600.5.7.1 3.1.4-150600.5.9.2; 3.1.4-150600.5.10.1"
                        + " 3.1.4-150600.5.10.2 3.1.10-150600.1.1",
                "SUSE:Linux Enterprise Module for Basesystem 15 SP5; zlib; 1.2.13-150500.4.10.1;"
                        + " sles 15.5 - zypper; libz1 zlib; 1.2.13-150500.4.3.1;"
                        + " 1.2.13-150500.4.10.1",
                "SUSE:Linux Micro 6.0; openssl-3; 3.1.4-10.1; sl-micro 6.0 - zypper;"
                        + " libopenssl3 openssl-3; 3.1.4-9.2; 3.1.4-10.1",
                "openSUSE:Leap 15.6; openssl-3; 3.1.4-150600.5.10.1; opensuse-leap 15.6 - zypper;"
                        + " libopenssl3 openssl-3; 3.1.4-150600.5.7.1; 3.1.4-150600.5.10.1",
                "openSUSE:Tumbleweed; curl; 8.9.1-10.1; opensuse-tumbleweed 20261120 - zypper;"
                        + " libcurl4 curl; 8.9.1-9.1 8.9.1~rc1-20.1; 8.9.1-10.1 8.10.0-1.1",
                "Alpine:v3.20; curl; 8.9.0-r10; alpine 3.20.3 - apk; libcurl curl;"
                        + " 8.9.0-r9 8.9.0_rc3-r20 8.8.0-r1;"
                        + " 8.9.0-r10 8.9.0_p1-r0 8.9.1_rc1-r0 8.10.0-r0",
            })
    void aRecordSaysWhoIsExposed(
            String ecosystem,
            String named,
            String fixed,
            String platform,
            String installed,
            String affected,
            String unaffected)
            throws IOException {
        String cve = "CVE-2026-" + (50_000 + ++cases);
        take(cve, ecosystem, named, fixed);
        String[] host = platform.split(" ");
        List<HostId> exposed = new ArrayList<>();
        for (String version : affected.split(" ")) {
            exposed.add(enrol(host, installed.split(" "), version));
        }
        for (String version : unaffected.split(" ")) {
            enrol(host, installed.split(" "), version);
        }
        String[] elsewhere = host.clone();
        elsewhere[0] = "otherlinux";
        elsewhere[2] = "-";
        enrol(elsewhere, installed.split(" "), affected.split(" ")[0]);
        index.catchUp();
        assertThat(new ExposedHosts(index).all(cve))
                .extracting(Exposed::host)
                .containsExactlyInAnyOrderElementsOf(exposed);
        assertThat(new PastExposure(database).count(cve, clock.instant(), null))
                .isEqualTo(exposed.size());
    }

    private void take(String cve, String ecosystem, String named, String fixed) throws IOException {
        Path record =
                Files.writeString(
                        folder.resolve("record.json"),
                        """
                        {"id": "SA-%s", "modified": "2026-11-20T00:00:00Z", "upstream": ["%s"],
                         "affected": [{"package": {"ecosystem": "%s", "name": "%s"},
                           "ranges": [{"type": "ECOSYSTEM",
                                       "events": [{"introduced": "0"}, {"fixed": "%s"}]}]}]}
                        """
                                .formatted(cve, cve, ecosystem, named, fixed));
        assertThat(feeds.importFrom("osv-" + cve, record.toUri(), "token:test").outcome())
                .isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    /// @param platform distribution, version, codename or a dash, package manager
    /// @param installed the package and its source
    private HostId enrol(String[] platform, String[] installed, String version) {
        String name = "host-" + cases + "-" + version.hashCode() + platform[0];
        return fleet.enrol(
                name,
                "ecosystems",
                new Inventory(
                        new Platform(
                                platform[0],
                                platform[1],
                                platform[2].replace("-", ""),
                                platform[0],
                                "x86_64",
                                "kvm"),
                        new Kernel("6.1.0", List.of()),
                        List.of(
                                new InstalledPackage(
                                        installed[0],
                                        "x86_64",
                                        version,
                                        installed[1],
                                        version,
                                        "ii")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Capabilities(
                                platform[3], true, "", Capabilities.Mode.MANAGED, List.of()),
                        Instant.parse("2026-11-23T06:00:00Z")));
    }
}
