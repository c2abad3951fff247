package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Both locks of dpkg, so that no package manager works while files are put back: the same locks,
/// taken the same way (`fcntl`), as apt and dpkg take them.
final class DpkgLock implements AutoCloseable {
    private static final List<String> LOCKS =
            List.of("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock");
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final List<FileChannel> held = new ArrayList<>();

    private DpkgLock() {}

    /// Waits until both locks are free, at most `limit`.
    static DpkgLock acquire(Tree tree, Duration limit)
            throws IOException, CheckpointException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        DpkgLock lock = new DpkgLock();
        try {
            for (String name : LOCKS) {
                if (Files.isDirectory(tree.path("/var/lib/dpkg"))) {
                    lock.acquire(tree.path(name), deadline, limit);
                }
            }
            return lock;
        } catch (IOException | CheckpointException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void acquire(Path file, long deadline, Duration limit)
            throws IOException, CheckpointException, InterruptedException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        held.add(channel);
        FileLock lock = channel.tryLock();
        while (lock == null) {
            if (System.nanoTime() > deadline) {
                throw new CheckpointException(
                        "Another program holds %s for more than %d s. Is a package being installed?"
                                .formatted(file, limit.toSeconds()));
            }
            Thread.sleep(PAUSE);
            lock = channel.tryLock();
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : held.reversed()) {
            channel.close();
        }
    }
}
