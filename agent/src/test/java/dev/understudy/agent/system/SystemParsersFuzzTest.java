package dev.understudy.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What systemd and the kernel say, damaged in every way.
@Tag("fuzz")
class SystemParsersFuzzTest {
    private static final String TCP =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:B225 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1220655 1 0000000001d6420f 100 0 0 10 0
               1: 0100007F:AB5D 0100007F:0016 01 00000000:00000000 00:00000000 00000000     0        0 1580836 1 00000000750e4586 20 4 30 10 -1
               2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1644 1 00000000177ba3f1 100 0 0 10 0
            """;

    private static final String UNITS =
            """
            Type=notify
            NRestarts=2
            MainPID=812
            Result=success
            Id=nginx.service
            LoadState=loaded
            ActiveState=active
            SubState=running
            UnitFileState=enabled
            RefuseManualStop=no
            InvocationID=0123456789abcdef0123456789abcdef

            Id=broken.service
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            NRestarts=5
            Result=exit-code

            Id=ssh.socket
            LoadState=not-found
            ActiveState=inactive
            SubState=dead
            """;

    @Test
    void units() {
        Fuzz.of("systemctl show", IllegalArgumentException.class)
                .with(UNITS)
                .runText(
                        said ->
                                assertThat(Units.parse(said))
                                        .allMatch(u -> !u.name().isEmpty() && !u.active().isEmpty())
                                        .allMatch(u -> u.restarts() >= 0 && u.mainPid() >= 0));
    }

    @Test
    void sockets() {
        Fuzz.of("/proc/net tables", IllegalArgumentException.class)
                .with(TCP)
                .runText(
                        said ->
                                assertThat(Sockets.parse("tcp", said))
                                        .allMatch(b -> b.port() > 0 && b.port() < 65_536));
    }

    @Test
    void mounts() {
        Fuzz.of("mountinfo (space)", IllegalArgumentException.class)
                .with(
                        """
                        36 35 98:0 / /mnt\\040a rw,noatime master:1 - ext3 /dev/root rw
                        37 35 98:1 / / rw - overlay overlay rw
                        """)
                .runText(said -> assertThat(FileSystems.parse(said)).doesNotContainNull());
    }

    @Test
    void cgroups() {
        Fuzz.of("/proc/PID/cgroup", IllegalArgumentException.class)
                .with(
                        "1:name=systemd:/system.slice/nginx.service\n0::/system.slice/nginx.service\n")
                .runText(
                        said ->
                                assertThat(Proc.Task.unitOf(said))
                                        .matches("(?s)|.*\\.(service|scope)"));
    }

    @Test
    void aTableOfSocketsThatCannotBeReadIsNoTableWithoutSockets(@TempDir Path root)
            throws IOException {
        Path net = Files.createDirectories(root.resolve("proc/self/net"));
        Files.writeString(net.resolve("udp"), TCP);
        for (String bad : List.of("", "garbage\n", TCP.substring(0, TCP.length() - 60))) {
            Files.writeString(net.resolve("tcp"), bad);
            List<String> unreadable = new ArrayList<>();
            Sockets.listening(new Proc(new Folder(root)), unreadable);
            assertThat(unreadable).as(bad).singleElement().asString().contains("/proc/net/tcp");
        }
        Files.delete(net.resolve("tcp"));
        List<String> unreadable = new ArrayList<>();
        Sockets.listening(new Proc(new Folder(root)), unreadable);
        assertThat(unreadable).containsExactly("There is no /proc/net/tcp.");
        Files.createDirectory(net.resolve("tcp6"));
        assertThatThrownBy(() -> new Proc(new Folder(root)).net("tcp6"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void outputThatFailedOrWasCutOffIsNoHostWithoutUnits(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("run/systemd/system"));
        List<Output> bad =
                List.of(
                        new Output(1, UNITS, "", false, Duration.ZERO),
                        new Output(0, UNITS, "", true, Duration.ZERO),
                        new Output(0, UNITS, "", false, true, Duration.ZERO),
                        new Output(0, "", "", false, Duration.ZERO),
                        new Output(0, UNITS.replace("=failed", "=f"), "", false, Duration.ZERO));
        for (Output output : bad) {
            assertThat(Units.list(new Folder(root, output))).as(output.toString()).isEmpty();
        }
        Output good = new Output(0, UNITS, "", false, Duration.ZERO);
        assertThat(Units.list(new Folder(root, good)).orElseThrow()).hasSize(2);
    }

    /// A folder in which every command gives the same output.
    private record Folder(Path root, Output output) implements Place {
        Folder(Path root) {
            this(root, new Output(127, "", "", false, Duration.ZERO));
        }

        @Override
        public Output run(Command command) {
            return output;
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
        }
    }
}
