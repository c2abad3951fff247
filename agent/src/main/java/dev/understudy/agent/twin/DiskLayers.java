package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/// The layers of a twin that is too large for memory: a file system of bounded size, in a sparse
/// file. It is mounted in the twin's own mount name space only, so that it is gone with the twin,
/// and by a process outside of the twin's cgroup, which may not touch block devices.
final class DiskLayers {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Place host;
    private final Path image;

    /// @param image the file, which need not exist yet
    DiskLayers(Place host, Path image) {
        this.host = host;
        this.image = image;
    }

    /// Makes the empty file system.
    void make(long bytes) throws IOException, TwinException, InterruptedException {
        Files.createDirectories(image.getParent());
        Files.createFile(
                image,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        run(
                "made",
                Command.of(
                        "mkfs.ext4",
                        "-q",
                        "-F",
                        "-m",
                        "0",
                        "-O",
                        "^has_journal",
                        "-E",
                        "lazy_itable_init=1,nodiscard",
                        image.toString()));
    }

    /// Mounts it where the twin's keeper waits for it, and tells the keeper.
    void mount(Path folder, long keeper) throws IOException, TwinException, InterruptedException {
        run(
                "mounted (has this host loop devices?)",
                Command.of(
                        "nsenter",
                        "--target=" + keeper,
                        "--mount",
                        "--",
                        "mount",
                        "-o",
                        "loop,noatime,noinit_itable",
                        image.toString(),
                        folder.resolve("layers").toString()));
        // Held open until the other side has read it.
        try (RandomAccessFile ready = new RandomAccessFile(folder.resolve("disk").toFile(), "rw")) {
            ready.write("mounted\n".getBytes(StandardCharsets.US_ASCII));
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!Files.exists(folder.resolve("mounted")) && System.nanoTime() < deadline) {
                Thread.sleep(1);
            }
        }
    }

    private void run(String what, Command command) throws TwinException, InterruptedException {
        Output output = host.run(command.within(LIMIT));
        if (!output.succeeded()) {
            throw new TwinException(
                    "The twin is too large for memory, and a bounded file system for it cannot be"
                            + " %s: %s".formatted(what, output.tail()));
        }
    }
}
