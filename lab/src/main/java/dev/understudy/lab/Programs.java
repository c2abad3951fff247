package dev.understudy.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs programs of this machine with a time limit. There is no shell in between.
public final class Programs {
    private static final Duration USUAL = Duration.ofMinutes(1);
    private static final int SHOWN_ON_FAILURE = 2_000;

    private Programs() {}

    /// What a program left: its exit code and all it printed.
    public record Outcome(int exit, String output, String errors) {
        public boolean succeeded() {
            return exit == 0;
        }
    }

    /// Runs a program that has to succeed.
    ///
    /// @return what it printed, without the last line end
    public static String run(String... command) {
        return run(USUAL, List.of(command));
    }

    public static String run(Duration limit, List<String> command) {
        var outcome = attempt(limit, command);
        if (!outcome.succeeded()) {
            throw failure(command, outcome.exit(), outcome.errors() + outcome.output());
        }
        return outcome.output().stripTrailing();
    }

    /// Runs a program whose failure is an expected answer.
    public static Outcome attempt(Duration limit, List<String> command) {
        try {
            Path output = Files.createTempFile("understudy-lab-", ".out");
            Path errors = Files.createTempFile("understudy-lab-", ".err");
            try {
                var process =
                        new ProcessBuilder(command)
                                .redirectInput(new File("/dev/null"))
                                .redirectOutput(output.toFile())
                                .redirectError(errors.toFile())
                                .start();
                int exit = await(process, limit, command);
                return new Outcome(exit, read(output), read(errors));
            } finally {
                Files.deleteIfExists(output);
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + String.join(" ", command), e);
        }
    }

    /// Runs a long program that has to succeed, its output added to `log`.
    ///
    /// @param started told the process id at once, so that it can be written down
    static void runLogged(
            Duration limit, List<String> command, Path log, Consumer<ProcessId> started) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            ProcessId.of(process.pid()).ifPresent(started);
            int exit = await(process, limit, command);
            if (exit != 0) {
                throw failure(command, exit, "See " + log + ":\n" + read(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + String.join(" ", command), e);
        }
    }

    /// Runs a program on this terminal.
    ///
    /// @return its exit code
    static int onTerminal(List<String> command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static LabException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LabException("Interrupted", e);
    }

    private static int await(Process process, Duration limit, List<String> command) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            killTree(process);
            throw new LabException(
                    "Not done within " + limit.toSeconds() + " s: " + String.join(" ", command));
        } catch (InterruptedException e) {
            killTree(process);
            throw interrupted(e);
        }
    }

    private static void killTree(Process process) {
        var all = new ArrayList<>(process.descendants().toList());
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static LabException failure(List<String> command, int exit, String said) {
        String end = said.substring(Math.max(0, said.length() - SHOWN_ON_FAILURE)).strip();
        return new LabException(
                "Exit code %d of: %s%n%s".formatted(exit, String.join(" ", command), end));
    }
}
