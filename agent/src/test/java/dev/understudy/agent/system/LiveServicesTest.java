package dev.understudy.agent.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveServicesTest {
    @TempDir Path root;

    @Test
    void aServiceThatDiesOrComesBackChangesWhatRuns() throws IOException {
        Path web = cgroup("web.service");
        LiveServices services = watching("web.service running", "db.service failed");
        String before = services.running();
        assertThat(services.running()).isEqualTo(before).contains("web.service");
        Files.delete(web);
        assertThat(services.running()).isNotEqualTo(before);
        cgroup("web.service");
        assertThat(services.running()).isEqualTo(before);
        cgroup("db.service");
        assertThat(services.running()).isNotEqualTo(before);
    }

    @Test
    void whatTimersStartChangesNothing() throws IOException {
        cgroup("web.service");
        LiveServices services = watching("web.service running", "apt-daily.service dead");
        String before = services.running();
        cgroup("apt-daily.service");
        assertThat(services.running()).isEqualTo(before);
    }

    @Test
    void instancesAreFoundInTheSliceOfTheirTemplate() throws IOException {
        Path getty = cgroup("system-my\\x2dgetty.slice/my-getty@tty1.service");
        LiveServices services = watching("my-getty@tty1.service running");
        assertThat(services.running()).isEqualTo("my-getty@tty1.service");
        Files.delete(getty);
        assertThat(services.running()).isEmpty();
    }

    @Test
    void withoutSystemdNothingIsSeenAndNothingChanges() {
        assertThat(watching("web.service running").running()).isEmpty();
    }

    private Path cgroup(String unit) throws IOException {
        return Files.createDirectories(root.resolve("sys/fs/cgroup/system.slice").resolve(unit));
    }

    private LiveServices watching(String... units) {
        return LiveServices.of(
                new Place() {
                    @Override
                    public Output run(Command command) {
                        throw new AssertionError("nothing is to be run, but was: " + command);
                    }

                    @Override
                    public Path path(String absolute) {
                        return root.resolve(absolute.substring(1));
                    }
                },
                new Inventory(
                        new Platform("debian", "12", "bookworm", "Debian", "amd64", "kvm"),
                        new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                        List.of(),
                        List.of(),
                        List.of(units).stream().map(LiveServicesTest::state).toList(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                        null));
    }

    private static ServiceState state(String text) {
        String[] parts = text.split(" ", 2);
        String active =
                switch (parts[1]) {
                    case "running" -> "active";
                    case "failed" -> "failed";
                    default -> "inactive";
                };
        return new ServiceState(parts[0], "enabled", active, parts[1]);
    }
}
