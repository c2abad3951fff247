package dev.understudy.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitFilesTest {
    @Test
    void readsTheOwnersThatDpkgNames() {
        assertThat(
                        UnitFiles.owners(
                                """
                                nginx-common: /lib/systemd/system/nginx.service
                                libc6:amd64, libc6:i386: /lib/x.so
                                diversion by dash from: /bin/sh
                                dpkg-query: no path found matching pattern /nowhere
                                """))
                .containsExactlyInAnyOrder("nginx-common", "libc6");
    }

    @Test
    void asksForBothPathsOfAFileBelowUsr() {
        assertThat(UnitFiles.names("/usr/lib/systemd/system/ssh.service"))
                .containsExactly(
                        "/lib/systemd/system/ssh.service", "/usr/lib/systemd/system/ssh.service");
        assertThat(UnitFiles.names("/lib64/ld-linux.so"))
                .containsExactly("/lib64/ld-linux.so", "/usr/lib64/ld-linux.so");
        assertThat(UnitFiles.names("/usr/share/x")).containsExactly("/usr/share/x");
    }

    @Test
    void findsTheFilesThatAProcessRuns() {
        assertThat(
                        UnitFiles.mapped(
                                """
                                55d0-55d1 r--p 00000000 fe:00 1 /usr/sbin/nginx
                                55d1-55d2 r-xp 00001000 fe:00 1 /usr/sbin/nginx
                                7f00-7f01 r-xp 00001000 fe:00 2 /usr/lib/libssl.so.3 (deleted)
                                7ffc-7ffd r-xp 00000000 00:00 0                          [vdso]
                                """))
                .containsExactlyInAnyOrder("/usr/sbin/nginx", "/usr/lib/libssl.so.3");
    }
}
