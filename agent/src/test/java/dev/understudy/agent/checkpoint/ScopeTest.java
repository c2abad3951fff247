package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScopeTest {
    @TempDir Path root;
    private Scope scope;

    @BeforeEach
    void installPackage() throws IOException {
        Path info = Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.writeString(
                info.resolve("shop.list"),
                "/.\n/usr/bin/shop\n/srv/shop/template\n/var/lib/shop/schema\n");
        scope = Scope.of(List.of(root), List.of("/data/pg", "/opt/agent-data"));
    }

    @Test
    void coversProgramsConfigurationAndThePackageDatabase() {
        assertThat(List.of("/usr/bin/shop", "/etc/passwd", "/boot/vmlinuz", "/opt/tool/bin"))
                .allMatch(path -> scope.covers(path, 0));
        assertThat(
                        List.of(
                                "/var/lib/dpkg/status",
                                "/var/lib/apt/extended_states",
                                "/var/cache/debconf/config.dat",
                                "/var/lib/systemd/deb-systemd-helper-enabled/nginx.service.dsh-also"))
                .allMatch(path -> scope.covers(path, 0));
    }

    @Test
    void leavesOutWhatIsVolatile() {
        assertThat(
                        List.of(
                                "/var/log/dpkg.log",
                                "/var/cache/apt/pkgcache.bin",
                                "/var/lib/apt/lists/partial",
                                "/var/lib/dpkg/lock-frontend",
                                "/var/lib/systemd/random-seed",
                                "/run/nginx.pid",
                                "/tmp/x",
                                "/var/lib/understudy/journal"))
                .noneMatch(path -> scope.covers(path, 0));
    }

    @Test
    void leavesOutDataUnlessAPackageShipsIt() {
        assertThat(scope.covers("/var/lib/postgresql/15/main/base/1", 101)).isFalse();
        assertThat(scope.covers("/home/anna/notes", 1000)).isFalse();
        assertThat(scope.covers("/data/pg/base", 0)).isFalse();
        assertThat(scope.covers("/srv/shop/orders", 0)).isFalse();
        assertThat(scope.covers("/srv/shop/template", 0)).isTrue();
    }

    @Test
    void tellsStateFromDataByItsOwnerWhereThePlaceDoesNotTell() {
        assertThat(scope.covers("/var/lib/shop/orders.db", 104)).isFalse();
        assertThat(scope.covers("/var/lib/shop/schema", 104)).isTrue();
        assertThat(scope.covers("/var/lib/ucf/registry", 0)).isTrue();
        assertThat(scope.covers("/usr/share/games/scores", 5)).isTrue();
    }

    @Test
    void doesNotMistakeAPlaceForOneThatBeginsAlike() {
        assertThat(scope.covers("/tmpl/x", 0)).isTrue();
        assertThat(scope.covers("/data/pgsql", 0)).isTrue();
    }
}
