package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsTest {
    @TempDir Path folder;

    @Test
    void goesRoundTheRoles() {
        var roles = List.of(Role.of("nginx"), Role.of("redis"));
        assertThat(Hosts.roundRobin("lab", roles, 3))
                .extracting(Hosts.Wanted::name)
                .containsExactly("lab-nginx-1", "lab-redis-1", "lab-nginx-2");
        var webTwice = List.of(Role.of("nginx"), Role.of("nginx"), Role.of("redis"));
        assertThat(Hosts.roundRobin("lab", webTwice, 4))
                .extracting(Hosts.Wanted::name)
                .containsExactly("lab-nginx-1", "lab-nginx-2", "lab-redis-1", "lab-nginx-3");
    }

    @Test
    void namesTheRolesThereAreWhenOneIsUnknown() {
        assertThatThrownBy(() -> Role.of("ngnix"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("nginx, postgresql, redis, ssh");
    }

    @Test
    void keepsHostsInTheOrderOfTheirNumbers() {
        var hosts = new Hosts(folder);
        hosts.save(new LabHost("z", "bookworm", "ssh", 0, "id", "3G"));
        hosts.save(new LabHost("a", "trixie", "nginx", 1, "id id2", "4G"));
        assertThat(hosts.all()).extracting(LabHost::name).containsExactly("z", "a");
        assertThat(hosts.get("a"))
                .isEqualTo(new LabHost("a", "trixie", "nginx", 1, "id id2", "4G"));
        assertThat(hosts.freeNumber()).isEqualTo(2);
    }

    @Test
    void tellsWhichHostsThereAreWhenOneIsUnknown() {
        var hosts = new Hosts(folder);
        hosts.save(new LabHost("lab-ssh-1", "bookworm", "ssh", 0, "id", "3G"));
        assertThatThrownBy(() -> hosts.get("lab-ssh-2"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("lab-ssh-1");
    }

    @Test
    void labsInDifferentFoldersHaveDifferentNames() {
        assertThat(LabSettings.usualName(LabSettings.USUAL_DATA)).isEqualTo("ulab");
        assertThat(LabSettings.usualName(Path.of("/srv/a")))
                .matches("ulab-[0-9a-f]{6}")
                .isNotEqualTo(LabSettings.usualName(Path.of("/srv/b")));
    }
}
