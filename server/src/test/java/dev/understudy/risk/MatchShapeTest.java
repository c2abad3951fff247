package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Statements on source and on binary packages, in the orders of their package managers.
class MatchShapeTest {
    private static final Statement BINARY =
            says("ALSA-1", "binary:openssl-libs", "1:3.0.7-25.el9_3", null);
    private static final Statement SOURCE = says("RLSA-1", "openssl", "1:3.0.7-25.el9_3", null);
    private static final InstalledPackage LIBS =
            installed("openssl-libs", "1:3.0.7-24.el9", "openssl", "1:3.0.7-24.el9");

    private static Statement says(
            String id, String source, @Nullable String fixed, @Nullable String last) {
        return new Statement(
                id.hashCode(),
                "osv-test",
                id,
                "almalinux:9",
                source,
                "0",
                fixed,
                last,
                "",
                List.of("CVE-2026-1001"),
                null,
                Instant.EPOCH,
                "");
    }

    private static InstalledPackage installed(
            String name, String version, String source, String sourceVersion) {
        return new InstalledPackage(name, "x86_64", version, source, sourceVersion, "ii");
    }

    private static PendingUpgrade upgrade(String name, String source, String version) {
        return new PendingUpgrade(
                name,
                "x86_64",
                "1:3.0.7-24.el9",
                version,
                source,
                version,
                "",
                "",
                "",
                true,
                PendingUpgrade.Blocked.NONE,
                List.of(),
                false,
                1);
    }

    private static List<Finding> findings(
            VersionOrder order, List<InstalledPackage> packages, Statement... all) {
        return new MatchShape(order)
                .findings(
                        packages,
                        "almalinux:9",
                        (_, asked) ->
                                List.of(all).stream()
                                        .filter(each -> asked.contains(each.source()))
                                        .toList());
    }

    @Test
    void anRpmHostIsAffectedByWhatNamesItsBinaryOrItsSourcePackage() {
        assertThat(findings(VersionOrder.RPM, List.of(LIBS), BINARY, SOURCE))
                .extracting(each -> each.advisory().advisory() + " " + each.source())
                .containsExactly("ALSA-1 openssl", "RLSA-1 openssl");
    }

    @Test
    void aBinaryPackageOfDebianIsNotAskedFor() {
        assertThat(findings(VersionOrder.DPKG, List.of(LIBS), BINARY)).isEmpty();
    }

    @Test
    void theOrderIsThatOfThePackageManager() {
        Statement apk = says("ALPINE-1", "busybox", "1.36.1-r16", null);
        InstalledPackage older = installed("busybox", "1.36.1-r9", "busybox", "1.36.1-r9");
        assertThat(findings(VersionOrder.APK, List.of(older), apk)).hasSize(1);
        Statement caret = says("ALSA-2", "binary:git", "2.43^1", null);
        InstalledPackage git = installed("git", "2.43", "git", "2.43");
        assertThat(findings(VersionOrder.RPM, List.of(git), caret)).hasSize(1);
    }

    @Test
    void theOldestVersionIsTold() {
        assertThat(
                        findings(
                                VersionOrder.RPM,
                                List.of(
                                        installed("kernel", "5.14.0-400", "kernel", "5.14.0-400"),
                                        installed("kernel", "5.14.0-362", "kernel", "5.14.0-362"),
                                        installed("kernel", "5.14.0-500", "kernel", "5.14.0-500")),
                                says("ALSA-3", "binary:kernel", "5.14.0-427", null)))
                .extracting(Finding::installed)
                .containsExactly("5.14.0-362");
    }

    @Test
    void anUpgradeFixesWhatItBringsTheFixOf() {
        MatchShape match = new MatchShape(VersionOrder.RPM);
        assertThat(match.affects(BINARY, LIBS)).isTrue();
        assertThat(match.fixedBy(BINARY, upgrade("openssl-libs", "openssl", "1:3.0.7-25.el9_3")))
                .isTrue();
        assertThat(match.fixedBy(BINARY, upgrade("openssl", "openssl", "1:3.0.7-25.el9_3")))
                .isFalse();
        assertThat(match.fixedBy(SOURCE, upgrade("openssl", "openssl", "1:3.0.7-25.el9_3")))
                .isTrue();
        assertThat(match.fixedBy(SOURCE, upgrade("openssl", "openssl", "1:3.0.7-24.el9")))
                .isFalse();
    }

    @Test
    void isNotAskedForWhatIsRemoved() {
        InstalledPackage removed = new InstalledPackage("git", "x86_64", "1", "git", "1", "rc");
        assertThat(
                        new MatchShape(VersionOrder.DPKG)
                                .findings(
                                        List.of(removed),
                                        "bookworm",
                                        (_, asked) -> {
                                            assertThat(asked).isEqualTo(Set.of());
                                            return List.of();
                                        }))
                .isEmpty();
    }
}
