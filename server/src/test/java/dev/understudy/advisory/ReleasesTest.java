package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleasesTest {

    /// What a host of that release says of itself, and what feeds call the release.
    @ParameterizedTest
    @CsvSource({
        "debian,12,bookworm,Debian:12,bookworm",
        "debian,13,'',Debian:13,trixie",
        "ubuntu,22.04,jammy,Ubuntu:22.04:LTS,jammy",
        "ubuntu,25.10,questing,Ubuntu:25.10,questing",
        "almalinux,9.4,'',AlmaLinux:9,almalinux:9",
        "almalinux,10.0,'',AlmaLinux:10,almalinux:10",
        "rocky,8.10,'',Rocky Linux:8,rocky:8",
        "rhel,9.2,'',Red Hat:enterprise_linux:9::baseos,rhel:9",
        "sles,15.5,'',SUSE:Linux Enterprise Server 15 SP5,sles:15.5",
        "sles,15.5,'',SUSE:Linux Enterprise Module for Basesystem 15 SP5,sles:15.5",
        "sles,12.5,'',SUSE:Linux Enterprise Server 12 SP5,sles:12.5",
        "sled,15.6,'',SUSE:Linux Enterprise Desktop 15 SP6,sled:15.6",
        "sle-micro,5.5,'',SUSE:Linux Enterprise Micro 5.5,sle-micro:5.5",
        "sl-micro,6.0,'',SUSE:Linux Micro 6.0,sl-micro:6.0",
        "sles,15.6,'',SUSE:Linux Enterprise Server for SAP Applications 15 SP6,sles:15.6",
        "sles,16.0,'',SUSE:Linux Enterprise Server 16.0,sles:16.0",
        "opensuse-leap-micro,5.5,'',openSUSE:Leap Micro 5.5,opensuse-leap-micro:5.5",
        "opensuse-leap,16.0,'',openSUSE:Leap 16.0,opensuse-leap:16.0",
        "opensuse-leap,15.6,'',openSUSE:Leap 15.6,opensuse-leap:15.6",
        "opensuse-tumbleweed,20251120,'',openSUSE:Tumbleweed,opensuse-tumbleweed",
        "alpine,3.20.3,'',Alpine:v3.20,alpine:3.20",
    })
    void aHostAndItsFeedAgreeOnTheRelease(
            String distribution,
            String version,
            String codename,
            String ecosystem,
            String release) {
        assertThat(Releases.ofHost(distribution, version, codename)).isEqualTo(release);
        assertThat(Releases.ofEcosystem(ecosystem)).isEqualTo(release);
    }

    @ParameterizedTest
    @CsvSource({
        "Ubuntu:Pro:16.04:LTS,xenial-pro",
        "Ubuntu:Pro:FIPS-updates:22.04:LTS,jammy-pro-fips-updates",
        "SUSE:Linux Enterprise Server 15 SP3-LTSS,sles:15.3-ltss",
        "SUSE:Manager Server 4.3,suse:manager-server-4.3",
        "Debian,debian",
        "Debian:3.1,debian:3.1",
        "Alpine,alpine",
        "Mageia:9,mageia:9",
    })
    void keepsApartWhatPlainHostsCannotGet(String ecosystem, String release) {
        assertThat(Releases.ofEcosystem(ecosystem)).isEqualTo(release);
    }

    @ParameterizedTest
    @CsvSource({
        "cpe:/o:redhat:enterprise_linux:9,rhel:9",
        "cpe:/a:redhat:enterprise_linux:8::appstream,rhel:8",
        "cpe:/o:redhat:enterprise_linux:9.2::baseos,rhel:9",
        "cpe:2.3:o:suse:sles:15:sp5:*:*:*:*:*:*,sles:15.5",
        "cpe:/o:suse:sles:15:sp5,sles:15.5",
        "cpe:/o:opensuse:leap:15.6,opensuse-leap:15.6",
        "cpe:/o:debian:debian_linux:12,bookworm",
        "cpe:/o:canonical:ubuntu_linux:22.04,jammy",
        "cpe:/o:rocky:rocky:9,rocky:9",
        "cpe:/a:redhat:rhel_software_collections:3::el7,",
        "cpe:/a:redhat:openshift:4,",
        "nonsense,",
    })
    void knowsTheProductsThatHostsRun(String cpe, String release) {
        assertThat(Releases.ofCpe(cpe).orElse(null)).isEqualTo(release);
    }
}
