package dev.understudy.agent.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Kernels;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.fuzz.Fuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel says of processes, damaged in every way: a process that cannot be looked into is
/// one of which nothing is known, not one that runs nothing old.
@Tag("fuzz")
class ProcessFilesFuzzTest {
    private static final String MAPS =
            """
            55e54d4d1000-55e54d4d3000 r--p 00000000 fe:00 260386                     /usr/bin/head
            55e54d4d3000-55e54d4d9000 r-xp 00002000 fe:00 260387                     /usr/bin/head
            7f5c3c000000-7f5c3c021000 rw-p 00000000 00:00 0
            7f5c3c100000-7f5c3c200000 r-xp 00000000 00:2a8 77                        /usr/lib/lib a.so (deleted)
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            """;

    @Test
    void mappings() {
        Fuzz.of("/proc/PID/maps", IllegalArgumentException.class)
                .with(MAPS)
                .runText(
                        text ->
                                StaleProcesses.executableMappings(text)
                                        .forEach(
                                                mapping -> {
                                                    assertThat(mapping.path()).startsWith("/");
                                                    assertThat(mapping.range()).contains("-");
                                                }));
    }

    @Test
    void starts() {
        Fuzz.of("/proc/PID/stat", IllegalArgumentException.class)
                .with("812 (a b) (c) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 8\n")
                .runText(
                        text ->
                                assertThat(StaleProcesses.started(text, Instant.EPOCH))
                                        .satisfiesAnyOf(
                                                found -> assertThat(found).isEmpty(),
                                                found -> assertThat(found).isPresent()));
        Fuzz.of("/proc/stat", IllegalArgumentException.class)
                .with("cpu  1 2 3 4\nbtime 1764100000\nprocesses 5\n")
                .runText(
                        text ->
                                StaleProcesses.bootTime(text)
                                        .ifPresent(
                                                at ->
                                                        assertThat(at.plusSeconds(1))
                                                                .isAfter(Instant.EPOCH)));
    }

    @Test
    void aProcessWhoseMappingsCannotBeReadIsNotAProcessWithoutOldFiles(@TempDir Path root)
            throws Exception {
        process(root, "7", "garbled\n", "/usr/bin/a\0");
        process(root, "8", MAPS.substring(0, MAPS.length() - 60), "/usr/bin/b\0");
        process(root, "9", MAPS, "/usr/bin/c\0");
        process(root, "10", "", "");
        Files.createDirectories(root.resolve("proc/11"));
        Files.writeString(root.resolve("proc/11/cmdline"), "/usr/bin/d\0");
        Files.writeString(root.resolve("proc/11/comm"), "d\n");

        StaleProcesses processes = new StaleProcesses(new Folder(root));
        processes.find();

        assertThat(processes.unexamined())
                .hasSize(3)
                .anyMatch(said -> said.contains("pid 7") && said.contains("garbled"))
                .anyMatch(said -> said.contains("pid 8"))
                .anyMatch(said -> said.contains("pid 11"));
        assertThat(processes.limits())
                .anyMatch(said -> said.startsWith("3 processes could not be examined"))
                .anyMatch(said -> said.contains("/proc/stat"));
    }

    /// Whoever starts a process chooses its arguments and file names.
    @Test
    void noProcessOfAUserCanEndTheSearch(@TempDir Path root) throws Exception {
        for (String arguments :
                List.of("\0a\0", "/\0/\0", "python3\0\0", "python3\0/\udc80\0", " \0 \0")) {
            process(
                    root,
                    Integer.toString(100 + arguments.length()),
                    "1-2 r-xp 0 fe:00 1 /tmp/\u2028\r\udc80\u0001\n",
                    arguments);
        }
        StaleProcesses processes = new StaleProcesses(new Folder(root));
        processes.find();
        assertThat(processes.unexamined()).isEmpty();
    }

    @Test
    void aKernelThatCannotBeToldIsNoKernelThatIsUpToDate(@TempDir Path root) {
        Kernel kernel = Kernels.of(new Folder(root), true);
        assertThat(kernel.running()).isEqualTo(Kernels.UNKNOWN);
        assertThat(
                        new RebootNeed(new Folder(root))
                                .reasons(
                                        new Kernel(kernel.running(), List.of("6.1.0-42-amd64")),
                                        List.of()))
                .singleElement()
                .asString()
                .contains("cannot be told");
        assertThatThrownBy(() -> new Kernel("", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void process(Path root, String pid, String maps, String arguments)
            throws Exception {
        Path folder = Files.createDirectories(root.resolve("proc").resolve(pid));
        Files.writeString(folder.resolve("comm"), "x\n");
        Files.write(folder.resolve("maps"), maps.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Files.write(
                folder.resolve("cmdline"),
                arguments.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Files.writeString(folder.resolve("cgroup"), "0::/system.slice/a.service\n");
    }

    private record Folder(Path root) implements Place {
        @Override
        public Output run(Command command) {
            return new Output(127, "", "", false, Duration.ZERO);
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
        }
    }
}
