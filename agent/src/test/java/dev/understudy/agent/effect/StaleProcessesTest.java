package dev.understudy.agent.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.LiveHost;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.StaleProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleProcessesTest {
    @Test
    void findsAProcessWhoseProgramWasReplacedAndNotOneWhoseFileIsTheSame(@TempDir Path folder)
            throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Path program = folder.resolve("sleeper");
        Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
        Process process = new ProcessBuilder(program.toString(), "300").start();
        try {
            assertThat(of(process.pid())).isEmpty();

            replace(program, Files.readAllBytes(Path.of("/bin/sleep")));
            assertThat(of(process.pid())).as("same content on a new inode").isEmpty();

            replace(program, Files.readAllBytes(Path.of("/bin/true")));
            assertThat(of(process.pid()))
                    .singleElement()
                    .satisfies(
                            stale -> {
                                assertThat(stale.command()).isEqualTo("sleeper");
                                assertThat(stale.files()).containsExactly(program.toString());
                            });

            Files.delete(program);
            assertThat(of(process.pid())).hasSize(1);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// Names that a text cannot carry: bytes that are no UTF-8, and what the kernel escapes.
    @Test
    void comparesAMappedFileWhateverItIsNamed(@TempDir Path folder) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String name : List.of("%E9t%E9", "%FF%20b", "a%0Ab", "a%5C012b")) {
            Path program = Path.of(URI.create(folder.toUri() + name));
            Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
            // No string that the JVM passes on could name it.
            Process process =
                    new ProcessBuilder(
                                    "/bin/sh",
                                    "-c",
                                    "for program in ./*; do exec \"$program\" 300; done")
                            .directory(folder.toFile())
                            .start();
            try {
                awaitExec(process);
                assertThat(of(process.pid())).as(name).isEmpty();

                replace(program, Files.readAllBytes(Path.of("/bin/true")));
                assertThat(of(process.pid())).as(name).hasSize(1);

                Files.delete(program);
                assertThat(of(process.pid())).as(name).hasSize(1);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static void awaitExec(Process process) throws Exception {
        Path command = Path.of("/proc/" + process.pid() + "/cmdline");
        while (!Files.readString(command, StandardCharsets.ISO_8859_1).endsWith("\000300\0")) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(5);
        }
    }

    @Test
    void tellsFilesApartWhoseNamesLookTheSameAsText() {
        String maps =
                """
                5581-5582 r-xp 00000000 fe:00 10                   /usr/bin/\ufffd
                5583-5584 r-xp 00000000 fe:00 11                   /usr/bin/\ufffd
                5585-5586 r-xp 00001000 fe:00 11                   /usr/bin/\ufffd
                """;
        assertThat(StaleProcesses.executableMappings(maps))
                .extracting(StaleProcesses.Mapping::identity)
                .containsExactly("fe:00 10", "fe:00 11");
    }

    @Test
    void readsExecutableMappingsOnly() {
        String maps =
                """
                5581-5582 r--p 00000000 fe:00 10                   /usr/bin/a
                5582-5583 r-xp 00001000 fe:00 10                   /usr/bin/a
                7f01-7f02 r-xp 00000000 fe:00 11                   /usr/lib/with space.so (deleted)
                7f02-7f03 rw-p 00000000 00:00 0                    [heap]
                7f03-7f04 r-xp 00000000 00:00 0                    [vdso]
                7f04-7f05 r-xp 00000000 00:05 12                   /memfd:jit (deleted)
                """;

        assertThat(StaleProcesses.executableMappings(maps))
                .extracting(StaleProcesses.Mapping::path)
                .containsExactly("/usr/bin/a", "/usr/lib/with space.so (deleted)");
        assertThatThrownBy(() -> StaleProcesses.executableMappings(maps + "cut off"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void asksForARebootWhenANewerKernelIsInstalled() {
        RebootNeed need = new RebootNeed(new LiveHost());

        assertThat(need.reasons(new Kernel("6.1.0-9-amd64", List.of("6.1.0-40-amd64")), List.of()))
                .contains("kernel 6.1.0-9-amd64 runs, 6.1.0-40-amd64 is installed");
        assertThat(need.reasons(new Kernel("6.1.0-40-amd64", List.of("6.1.0-40-amd64")), List.of()))
                .noneMatch(reason -> reason.contains("kernel"));
        assertThat(
                        need.reasons(
                                new Kernel("6.1", List.of()),
                                List.of(new StaleProcess("dbus", "dbus.service", List.of("/x")))))
                .anyMatch(reason -> reason.contains("dbus.service"));
    }

    private static List<StaleProcess> of(long pid) {
        return new StaleProcesses(new LiveHost())
                .processes().stream()
                        .filter(found -> found.pid() == pid)
                        .map(StaleProcesses.Found::process)
                        .toList();
    }

    private static void replace(Path program, byte[] content) throws Exception {
        Path fresh = program.resolveSibling("fresh");
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(program));
        Files.move(fresh, program, StandardCopyOption.REPLACE_EXISTING);
    }
}
