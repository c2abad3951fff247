package dev.understudy.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL that still runs in our data folder after the process that started it was killed. It
/// is ours when its working directory is that folder, which is so for every postmaster.
final class OrphanedPostgres {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
    private static final Duration STOP = Duration.ofSeconds(30);

    private OrphanedPostgres() {}

    /// Returns once no PostgreSQL runs in the folder.
    static void awaitEnd(Path data) throws IOException, InterruptedException {
        Optional<ProcessHandle> running = find(data.resolve("postmaster.pid"), data);
        if (running.isPresent()) {
            try {
                running.get().onExit().get();
            } catch (ExecutionException e) {
                throw new IOException("the end of PostgreSQL cannot be awaited", e);
            }
        }
    }

    private static Optional<ProcessHandle> find(Path pidFile, Path data) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        long pid = pid(pidFile);
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        return process.isPresent() && worksIn(pid, data) ? process : Optional.empty();
    }

    /// Stops it cleanly, so that the folder can be used. The caller holds the folder's lock.
    static void stopIn(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try {
            stopNamedBy(pidFile, data);
            awaitLeftovers(data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was stopping", e);
        }
    }

    private static void stopNamedBy(Path pidFile, Path data)
            throws IOException, InterruptedException {
        long pid = pid(pidFile);
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isPresent() && worksIn(pid, data)) {
            LOG.warn("PostgreSQL {} was left running in {}; stopping it", pid, data);
            stop(process.get());
        } else if (process.isPresent()) {
            LOG.info("{} names process {}, which is another program by now", pidFile, pid);
            Files.delete(pidFile);
        }
    }

    /// The sessions of a killed PostgreSQL end by themselves, a moment later; until they have, no
    /// other one starts on their data.
    private static void awaitLeftovers(Path data) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + STOP.toNanos(); anyWorksIn(data); ) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("sessions of a killed PostgreSQL did not end within " + STOP);
            }
            Thread.sleep(100);
        }
    }

    private static boolean anyWorksIn(Path data) throws IOException {
        Path folder = data.toRealPath();
        return ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc", Long.toString(process.pid()), "cwd"))
                .anyMatch(
                        cwd -> {
                            try {
                                return cwd.toRealPath().equals(folder);
                            } catch (IOException endedOrNotOurs) {
                                return false;
                            }
                        });
    }

    private static long pid(Path pidFile) throws IOException {
        List<String> lines = Files.readAllLines(pidFile);
        try {
            return Long.parseLong(lines.getFirst().strip());
        } catch (NumberFormatException | java.util.NoSuchElementException e) {
            throw new IllegalStateException(
                    "%s does not begin with a process number. Make sure that no postgres runs in"
                                    .formatted(pidFile)
                            + " that folder, then delete the file",
                    e);
        }
    }

    private static boolean worksIn(long pid, Path data) throws IOException {
        Path directory = Path.of("/proc", Long.toString(pid), "cwd");
        try {
            return directory.toRealPath().equals(data.toRealPath());
        } catch (IOException e) {
            throw new IOException(
                    "process %d may be a PostgreSQL in %s, but its folder cannot be read; stop it"
                                    .formatted(pid, data)
                            + " by hand",
                    e);
        }
    }

    private static void stop(ProcessHandle postgres) throws IOException, InterruptedException {
        // SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written.
        new ProcessBuilder("/bin/sh", "-c", "kill -INT " + postgres.pid()).start();
        try {
            postgres.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(
                    "the PostgreSQL left running (process %d) did not stop within %s"
                            .formatted(postgres.pid(), STOP),
                    e);
        }
    }
}
