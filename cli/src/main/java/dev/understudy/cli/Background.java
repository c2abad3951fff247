package dev.understudy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A process that `up` starts and `down` ends. It is recognised by its id *and* its start time, so
/// that a recycled process id is never mistaken for ours.
final class Background {
    private final Path record;

    Background(Path record) {
        this.record = record;
    }

    Optional<ProcessHandle> running() throws IOException {
        if (!Files.exists(record)) {
            return Optional.empty();
        }
        String[] parts = Files.readString(record).strip().split(" ");
        if (parts.length != 2) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(parts[0]))
                .filter(ProcessHandle::isAlive)
                .filter(process -> startOf(process).equals(parts[1]));
    }

    /// Starts the command in its own session, so that it outlives this terminal.
    ProcessHandle start(List<String> command, Path log) throws IOException {
        List<String> detached = new java.util.ArrayList<>(List.of("setsid", "--"));
        detached.addAll(command);
        Process process =
                new ProcessBuilder(detached)
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectErrorStream(true)
                        .start();
        Files.writeString(record, process.pid() + " " + startOf(process.toHandle()) + "\n");
        return process.toHandle();
    }

    /// Ends the process and waits for it; kills it when it does not end within `limit`.
    boolean stop(Duration limit) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = running();
        if (process.isPresent()) {
            process.get().destroy();
            try {
                process.get().onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.TimeoutException
                    | java.util.concurrent.ExecutionException slow) {
                process.get().destroyForcibly();
            }
        }
        Files.deleteIfExists(record);
        return process.isPresent();
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
}
