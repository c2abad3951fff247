package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// That nothing which is cut off or garbled is taken for "nothing is pending".
class PendingUpgradesTest {

    @Test
    void readsWhatAptSays() throws PackageManagerException {
        List<PendingUpgrade> pending =
                Said.pending(Said.POLICY, Said.RECORDS, Said.SIMULATION, Said.HELD);

        assertThat(pending).extracting(PendingUpgrade::name).containsExactly("bash", "held");
        assertThat(pending)
                .extracting(PendingUpgrade::blocked)
                .containsExactly(Blocked.NONE, Blocked.HELD);
        assertThat(pending.getFirst().security()).isTrue();
        assertThat(pending.getFirst().sourceVersion()).isEqualTo("5.2.15-2");
    }

    @Test
    void takesAPackageThatAptSaysNothingOfForAnError() {
        String without = Said.POLICY.substring(Said.POLICY.indexOf("libc6:"));
        assertThatThrownBy(() -> AptPolicy.parse(without, List.of("bash", "libc6")))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("bash");
        assertThatThrownBy(() -> AptPolicy.parse("", List.of("bash")))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("bash");
    }

    @Test
    void takesAPolicyThatIsCutOffAnywhereForAnErrorOrForOneWithoutItsLastIndexes()
            throws Exception {
        Map<String, AptPolicy> whole = AptPolicy.parse(Said.POLICY, List.of());
        for (int end = 1; end < Said.POLICY.length(); end++) {
            String cut = Said.POLICY.substring(0, end);
            try {
                AptPolicy.parse(cut, List.of())
                        .forEach(
                                (name, policy) -> {
                                    AptPolicy full = Objects.requireNonNull(whole.get(name), cut);
                                    assertThat(policy.candidate()).isEqualTo(full.candidate());
                                    assertThat(policy.installed()).isEqualTo(full.installed());
                                });
            } catch (PackageManagerException e) {
                assertThat(e.getMessage()).contains("apt-cache policy");
            }
        }
    }

    @Test
    void takesADatabaseWithoutPackagesOrStatesForAnError() {
        for (String bad :
                List.of(
                        "",
                        "bash\tamd64\t5.2\tbash\t5.2\t\n",
                        "bash\tamd64\t5.2\tbash\t5.2\ti\n",
                        "bash\tamd64\t5.2\tbash\t5.2\n")) {
            assertThatThrownBy(() -> DpkgDatabase.parse(bad))
                    .as(bad)
                    .isInstanceOf(PackageManagerException.class)
                    .hasMessageContaining("dpkg-query");
        }
    }

    @Test
    void namesASourceFieldThatIsCutOff() {
        String cut = Said.RECORDS.replace("bash (5.2.15-2)", "bash (");
        assertThatThrownBy(() -> Said.pending(Said.POLICY, cut, Said.SIMULATION, Said.HELD))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("bash (");
    }

    @Test
    void aChangelogPackedFromGigabytesCostsNoMemoryAndCountsAsNotRead() {
        byte[] bomb =
                PackageParsersFuzzTest.packed(
                        " * nothing\n".repeat(8 << 20).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Changelogs.unpack(new ByteArrayInputStream(bomb)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than allowed");
        byte[] line = PackageParsersFuzzTest.packed(new byte[2 << 20]);
        assertThatThrownBy(() -> Changelogs.unpack(new ByteArrayInputStream(line)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line is longer");
    }

    /// What apt and dpkg said of one host with an upgrade that is free and one that is held.
    static final class Said {
        static final String POLICY =
                """
                bash:
                  Installed: 5.2.15-2+b8
                  Candidate: 5.2.15-2+b13
                  Version table:
                     5.2.15-2+b13 500
                        500 http://mirror.example/debian-security bookworm-security/main amd64 Packages
                 *** 5.2.15-2+b8 100
                        100 /var/lib/dpkg/status
                libc6:
                  Installed: 2.36-9+deb12u14
                  Candidate: 2.36-9+deb12u14
                  Package pin: 2.36-9+deb12u14
                  Version table:
                 *** 2.36-9+deb12u14 500
                        500 http://mirror.example/debian bookworm/main amd64 Packages
                        100 /var/lib/dpkg/status
                held:
                  Installed: 1.0
                  Candidate: 1.1
                  Version table:
                     1.1 500 (phased 10%)
                        500 http://mirror.example/debian bookworm/main amd64 Packages
                 *** 1.0 100
                        100 /var/lib/dpkg/status
                """;

        static final String INDEXES =
                """
                MetaKey: main/binary-amd64/Packages
                ShortDesc: Packages
                Description: http://mirror.example/debian bookworm/main amd64 Packages
                Codename: bookworm
                Label: Debian
                Origin: Debian
                Suite: oldstable
                Created-By: Packages
                Fallback-Of:

                MetaKey: main/binary-amd64/Packages
                Description: http://mirror.example/debian-security bookworm-security/main amd64 Packages
                Codename: bookworm-security
                Label: Debian-Security
                Origin: Debian
                Suite: oldstable-security
                """;

        static final String RECORDS =
                """
                Package: bash
                Source: bash (5.2.15-2)
                Version: 5.2.15-2+b13
                Architecture: amd64
                Size: 1490852
                Description: GNU Bourne Again SHell
                 more of it

                Package: held
                Version: 1.1
                Architecture: amd64
                Phased-Update-Percentage: 10
                Size: 12
                """;

        static final String SIMULATION =
                """
                Reading package lists...
                Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
                Remv gone [1.0]
                Conf bash (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
                """;

        static final String HELD = "held\n";

        static final String INSTALLED =
                """
                bash\tamd64\t5.2.15-2+b8\tbash\t5.2.15-2\tii\s
                libc6\tamd64\t2.36-9+deb12u14\tglibc\t2.36-9+deb12u14\tii\s
                old\tall\t\t\t\tun\s
                held\tamd64\t1.0\theld\t1.0\tiHR
                """;

        static final String CHANGELOG =
                """
                openssl (3.0.17-1~deb12u3) bookworm-security; urgency=medium

                  * CVE-2025-9230 (out of bounds), CVE-2025-9232

                 -- Someone <a@b>  Sat, 27 Sep 2025 10:00:00 +0200

                openssl (3.0.16-1~deb12u1) bookworm; urgency=medium

                  * CVE-2024-13176
                """;

        private Said() {}

        static List<PendingUpgrade> pending(
                String policy, String records, String simulation, String held)
                throws PackageManagerException {
            var installed =
                    DpkgDatabase.parse(
                            """
                            bash\tamd64\t5.2.15-2+b8\tbash\t5.2.15-2\tii\s
                            libc6\tamd64\t2.36-9+deb12u14\tglibc\t2.36-9+deb12u14\tii\s
                            held\tamd64\t1.0\theld\t1.0\tii\s
                            """);
            Simulation upgrade = Simulation.parse(simulation, Map.of("gone", "amd64"));
            Set<String> holds = held.lines().collect(Collectors.toSet());
            Map<String, AptPolicy> policies =
                    AptPolicy.parse(policy, List.of("bash", "libc6", "held"));
            return new PendingUpgrades(
                            "amd64",
                            policies,
                            policies,
                            AptSource.parse(INDEXES),
                            PendingUpgrades.byKey(Deb822.parse(records), "amd64"),
                            holds,
                            upgrade,
                            upgrade,
                            upgrade)
                    .of(installed);
        }
    }
}
