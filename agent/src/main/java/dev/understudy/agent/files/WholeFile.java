package dev.understudy.agent.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Replaces a file as a whole: whoever reads it, also after a crash at any instant, finds the old
/// content or the new.
public final class WholeFile {
    /// For what only the agent reads.
    public static final String PRIVATE = "rw-------";

    /// For what other programs on the host read.
    public static final String PUBLIC = "rw-r--r--";

    private WholeFile() {}

    /// Makes the folder where there is none. Returns once all is on the disk.
    public static void write(Path file, byte[] content, String permissions) throws IOException {
        // Programs that read all files of a folder pass over hidden ones.
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(folder);
        Files.deleteIfExists(fresh);
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(PRIVATE)))) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            // Not as an attribute above, from which the process's mask is taken away.
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(folder);
    }

    /// Brings to the disk which files are in the folder.
    public static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
