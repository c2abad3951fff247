package dev.understudy.agent.packages;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/// A folder of downloaded package lists (`/var/lib/apt/lists` or the agent's own).
final class PackageLists {
    private PackageLists() {}

    /// When the lists were last brought up to date: by whoever left `stamp`, or, where that is
    /// missing or older, when apt last put a new list there. The lists' own times are the
    /// archive's, and an attempt that failed touches neither.
    static Optional<Instant> asOf(Path lists, Path stamp) throws IOException {
        if (!anyLists(lists)) {
            return Optional.empty();
        }
        Instant changed = modified(lists);
        boolean stamped = Files.exists(stamp) && modified(stamp).isAfter(changed);
        return Optional.of(stamped ? modified(stamp) : changed);
    }

    /// Waits until the lists are on disk, which apt does not.
    static void bringToDisk(Path lists) throws IOException {
        try (var files = Files.newDirectoryStream(lists, Files::isRegularFile)) {
            for (Path file : files) {
                force(file);
            }
        }
        force(lists);
    }

    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Notes that every list was fetched just now.
    static void refreshed(Path stamp) throws IOException {
        if (Files.notExists(stamp)) {
            Files.createDirectories(stamp.resolveSibling("."));
            Files.createFile(stamp);
        }
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now()));
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                if (Files.isRegularFile(file) && Files.isReadable(file) && Files.size(file) > 0) {
                    Files.copy(
                            file,
                            to.resolve(file.getFileName().toString()),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        Files.setLastModifiedTime(to, Files.getLastModifiedTime(from));
    }

    private static boolean anyLists(Path lists) throws IOException {
        if (!Files.isDirectory(lists)) {
            return false;
        }
        try (var files = Files.newDirectoryStream(lists, "*_Packages*")) {
            return files.iterator().hasNext();
        }
    }

    private static Instant modified(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toInstant();
    }
}
