package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.fuzz.Fuzz;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What dpkg keeps, what the kernel says of its locks, and what a repacked checkpoint is made of,
/// damaged in every way.
@Tag("fuzz")
class DpkgFilesFuzzTest {
    private static final String LOCKS =
            """
            1: POSIX  ADVISORY  WRITE 812 fe:00:260386 0 EOF
            1: -> POSIX  ADVISORY  WRITE 900 fe:00:260386 0 EOF
            2: FLOCK  ADVISORY  WRITE 77 00:2a8:12 0 EOF
            3: OFDLCK ADVISORY  READ -1 00:05:4 1073741826 1073742335
            4: LEASE  ACTIVE    READ 813 fe:00:9 0 EOF
            5: POSIX  *NOINODE* WRITE 5 <none>:0 0 EOF
            """;

    private static final String DIGEST = "47f6c8b6b4b0b4c147f6c8b6b4b0b4c1";

    @Test
    void locks() throws Exception {
        assertThat(DpkgLock.holders(LOCKS)).containsExactly("812", "77", "813", "5");
        assertThatThrownBy(() -> DpkgLock.holders(LOCKS + "6: POSIX ADV"))
                .isInstanceOf(IOException.class);
        Fuzz.of("/proc/locks", IOException.class)
                .with(LOCKS)
                .runText(
                        text ->
                                assertThat(DpkgLock.holders(text))
                                        .allMatch(pid -> pid.matches("[0-9]+")));
    }

    @Test
    void pathsOfAPackage() throws Exception {
        String list = "/.\n/etc\n/etc/a b.conf\n/usr/share/F\u0151.crt\n";
        assertThat(DpkgInfo.paths(list))
                .containsExactly("/etc", "/etc/a b.conf", "/usr/share/F\u0151.crt");
        Fuzz.of("dpkg info/*.list", IOException.class)
                .with(list)
                .runText(
                        text ->
                                assertThat(DpkgInfo.paths(text))
                                        .allMatch(path -> path.startsWith("/")));
    }

    @Test
    void configurationFilesOfAPackage() throws Exception {
        String said =
                "\n /etc/a b.conf %s\n /etc/old %s obsolete\n /etc/new newconffile\n"
                        .formatted(DIGEST, DIGEST);
        assertThat(DpkgInfo.conffiles(said))
                .containsExactly(
                        new DpkgInfo.Conffile("/etc/a b.conf", DIGEST, false),
                        new DpkgInfo.Conffile("/etc/old", DIGEST, true),
                        new DpkgInfo.Conffile("/etc/new", "newconffile", false));
        Fuzz.of("dpkg-query Conffiles", IOException.class)
                .with(said)
                .runText(
                        text ->
                                assertThat(DpkgInfo.conffiles(text))
                                        .allMatch(file -> file.path().startsWith("/")));
    }

    @Test
    void fieldsOfAPackage() throws Exception {
        String said =
                """
                Package: shop
                Status: install ok installed
                Conffiles:
                 /etc/shop.conf %s
                Version: 1.0-1
                Description: sells
                 things
                """
                        .formatted(DIGEST);
        assertThat(DpkgInfo.control(said))
                .isEqualTo("Package: shop\nVersion: 1.0-1\nDescription: sells\n things\n");
        Fuzz.of("dpkg-query --status", IOException.class)
                .with(said)
                .runText(
                        text ->
                                assertThat(DpkgInfo.control(text))
                                        .startsWith("Package: ")
                                        .doesNotContain("\nStatus:"));
    }

    @Test
    void diversions() throws Exception {
        String text =
                """
                /bin/sh
                /bin/sh.distrib
                dash
                /usr/bin/tool
                /usr/bin/tool.owner
                :
                """;
        Diversions read = Diversions.parse(text);
        assertThat(read.actual("/bin/sh", "dash")).isEqualTo("/bin/sh");
        assertThat(read.actual("/bin/sh", "bash")).isEqualTo("/bin/sh.distrib");
        assertThat(read.actual("/usr/bin/tool", "tool")).isEqualTo("/usr/bin/tool.owner");
        assertThat(Diversions.parse("").actual("/x", "y")).isEqualTo("/x");
        Fuzz.of("dpkg diversions", IOException.class)
                .with(text)
                .runText(
                        damaged ->
                                assertThat(Diversions.parse(damaged).actual("/bin/sh", "bash"))
                                        .startsWith("/"));
    }

    @Test
    void digestsOfArchives() throws Exception {
        String sha256 = DIGEST + DIGEST;
        String records =
                """
                Package: shop
                Architecture: amd64
                Version: 1.0-1
                SHA256: %s

                Package: shop
                Status: install ok installed
                Architecture: amd64
                Version: 0.9-1
                """
                        .formatted(sha256);
        assertThat(OldArchives.digests(records)).isEqualTo(Map.of("shop:amd64=1.0-1", sha256));
        Fuzz.of("apt-cache show (digests)", PackageManagerException.class)
                .with(records)
                .runText(
                        said ->
                                OldArchives.digests(said)
                                        .forEach(
                                                (key, digest) -> {
                                                    assertThat(List.of(key.split("[:=]", 3)))
                                                            .hasSize(3);
                                                    assertThat(digest).hasSize(64);
                                                }));
    }
}
