package dev.understudy.agent.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/// A folder of downloaded package lists (`/var/lib/apt/lists` or the agent's own).
final class PackageLists {
    private static final String STAMP = "understudy-refreshed";

    private PackageLists() {}

    /// When the lists were last brought up to date: by us, by apt-daily's stamp, or, where neither
    /// says so, when apt last wrote into the folder. The lists' own times are the archive's.
    static Optional<Instant> asOf(Path lists, Path successStamp) throws IOException {
        if (!anyLists(lists)) {
            return Optional.empty();
        }
        Instant latest = modified(lists);
        for (Path stamp : new Path[] {lists.resolve("auxfiles"), successStamp, stamp(lists)}) {
            if (Files.exists(stamp) && modified(stamp).isAfter(latest)) {
                latest = modified(stamp);
            }
        }
        return Optional.of(latest);
    }

    /// Notes that every list was fetched just now.
    static void refreshed(Path lists) throws IOException {
        Path stamp = stamp(lists);
        if (Files.notExists(stamp)) {
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

    private static Path stamp(Path lists) {
        return lists.resolve("partial").resolve(STAMP);
    }

    private static Instant modified(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toInstant();
    }
}
