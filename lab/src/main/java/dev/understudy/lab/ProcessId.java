package dev.understudy.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A process, told apart from a later one with the same number by its start and the boot.
record ProcessId(long pid, long startTicks, String boot) {
    /// The running process with this number; a zombie is not running.
    static Optional<ProcessId> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The program's name is in parentheses and may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ");
            if (fields[0].equals("Z") || fields[0].equals("X")) {
                return Optional.empty();
            }
            return Optional.of(new ProcessId(pid, Long.parseLong(fields[19]), bootId()));
        } catch (IOException _) {
            return Optional.empty(); // It is gone: /proc says so by failing to open or to read.
        }
    }

    static Optional<ProcessId> read(Map<String, String> state) {
        if (!state.containsKey("pid")) {
            return Optional.empty();
        }
        return Optional.of(
                new ProcessId(
                        Long.parseLong(StateFile.get(state, "pid")),
                        Long.parseLong(StateFile.get(state, "start")),
                        StateFile.get(state, "boot")));
    }

    Map<String, String> state() {
        return Map.of("pid", Long.toString(pid), "start", Long.toString(startTicks), "boot", boot);
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /// Sends a signal by number, unless the process has gone.
    void signal(int number) {
        if (isAlive()) {
            Programs.attempt(
                    Duration.ofSeconds(5), List.of("sh", "-c", "kill -" + number + " " + pid));
        }
    }

    /// Waits for the end of the process.
    ///
    /// @return whether it has ended within the time
    boolean ended(Duration limit) {
        return Waiting.until(limit, () -> !isAlive());
    }

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
