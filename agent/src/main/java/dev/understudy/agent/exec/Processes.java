package dev.understudy.agent.exec;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs programs. Each gets a session of its own, a fixed environment and an empty standard input;
/// at its limit, or when the agent is interrupted, every process of that session is killed, so that
/// neither dpkg nor a maintainer script lives on behind our back.
public final class Processes {
    /// Bytes kept of each stream. Of a longer one the first [#KEPT] and the last [#KEPT_END] bytes
    /// are kept, with a line between them that says how much is missing. Nothing is spilled to
    /// disk: a program that prints without end must not fill the host.
    public static final int KEPT = 4 << 20;

    static final int KEPT_END = 16 << 10;

    /// Exit code of a program that was killed at its limit, as timeout(1) has it.
    public static final int TIMED_OUT = 124;

    /// Exit code of a program that does not exist, as shells have it.
    public static final int NO_SUCH_PROGRAM = 127;

    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "LANG", "C.UTF-8",
                    "LC_ALL", "C.UTF-8",
                    "DEBIAN_FRONTEND", "noninteractive",
                    "HOME", "/root");

    private static final File NOTHING = new File("/dev/null");

    private Processes() {}

    /// Runs `argv` with the limit and the environment of `command`. The two differ when the command
    /// is wrapped to run elsewhere (`nsenter … -- program`).
    public static Output run(List<String> argv, Command command) throws InterruptedException {
        long start = System.nanoTime();
        Process process;
        try {
            process = start(argv, command);
        } catch (IOException e) {
            return new Output(
                    NO_SUCH_PROGRAM, "", String.valueOf(e.getMessage()), false, since(start));
        }
        Stream stdout = new Stream(process.getInputStream());
        Stream stderr = new Stream(process.getErrorStream());
        boolean ended = false;
        try {
            ended = follow(process, start, command.limit(), stdout, stderr);
        } finally {
            if (!ended) {
                killSession(process.pid());
                process.destroyForcibly();
            }
        }
        if (!ended) {
            process.waitFor();
        }
        stdout.drainAndClose();
        stderr.drainAndClose();
        return new Output(
                ended ? process.exitValue() : TIMED_OUT,
                stdout.text(),
                stderr.text(),
                !ended,
                stdout.truncated() || stderr.truncated(),
                since(start));
    }

    /// Runs `argv` and hands its standard output to `reader` while it runs, for output that is too
    /// large to keep. The program is killed when the reader returns before its end or the limit is
    /// over; then the reader sees the end of the stream.
    ///
    /// @return what the reader made of it
    /// @throws IOException if the program cannot be started or the reader throws it
    public static <T> T stream(List<String> argv, Command command, StreamReader<T> reader)
            throws IOException {
        Process process = start(argv, command);
        Thread limit =
                Thread.ofPlatform()
                        .daemon()
                        .name("limit of " + argv.getFirst())
                        .start(() -> killAfter(process, command.limit()));
        try (InputStream stdout = process.getInputStream();
                InputStream _ = process.getErrorStream()) {
            return reader.read(stdout);
        } finally {
            limit.interrupt();
            killSession(process.pid());
            process.destroyForcibly();
        }
    }

    /// What is made of a program's standard output.
    @FunctionalInterface
    public interface StreamReader<T> {
        T read(InputStream stdout) throws IOException;
    }

    private static void killAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                killSession(process.pid());
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            // The reader is done, and ends the process itself.
            Thread.currentThread().interrupt();
        }
    }

    private static Process start(List<String> argv, Command command) throws IOException {
        List<String> wrapped = new ArrayList<>(argv.size() + 2);
        wrapped.add("/usr/bin/setsid");
        wrapped.add("--");
        wrapped.addAll(argv);
        ProcessBuilder builder = new ProcessBuilder(wrapped);
        builder.redirectInput(ProcessBuilder.Redirect.from(NOTHING));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(ENVIRONMENT);
        environment.putAll(command.environment());
        return builder.start();
    }

    /// Reads both streams until the process ends or its limit is over. Reads only what is there
    /// already: a daemon that a maintainer script left behind may hold the streams open for ever.
    private static boolean follow(
            Process process, long start, Duration limit, Stream stdout, Stream stderr)
            throws InterruptedException {
        long pause = 1;
        while (true) {
            boolean fromStdout = stdout.readAvailable();
            boolean fromStderr = stderr.readAvailable();
            pause = fromStdout || fromStderr ? 1 : Math.min(pause + 1, 20);
            long left = limit.minus(since(start)).toMillis();
            if (left <= 0) {
                return !process.isAlive();
            }
            if (process.waitFor(Math.min(pause, left), TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
    }

    /// Kills every process whose session is `session`. Scans until a scan finds none, since a
    /// process may fork while it is being looked for.
    static void killSession(long session) {
        for (int scan = 0; scan < 100; scan++) {
            boolean found = false;
            try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : processes) {
                    if (sessionOf(process) == session) {
                        long pid = Long.parseLong(process.getFileName().toString());
                        found |= ProcessHandle.of(pid).map(Processes::kill).orElse(false);
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException("/proc cannot be listed", e);
            }
            if (!found) {
                return;
            }
        }
    }

    private static boolean kill(ProcessHandle process) {
        return process.destroyForcibly();
    }

    /// The session of a living process as its stat file names it; -1 for one that has just ended or
    /// is a zombie. The command name in it may hold spaces and parentheses, so count from the last.
    private static long sessionOf(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 6);
            return "Z".equals(fields[0]) ? -1 : Long.parseLong(fields[3]);
        } catch (IOException | RuntimeException _) {
            return -1;
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
