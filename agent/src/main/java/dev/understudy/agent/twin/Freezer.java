package dev.understudy.agent.twin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The cgroup freezer, on hosts with the unified hierarchy alone and on those that have it beside
/// the older ones.
final class Freezer {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private Freezer() {}

    /// The folder of a cgroup of the unified hierarchy.
    static Path folder(String cgroup) {
        Path unified = ROOT.resolve("unified");
        Path root = Files.isDirectory(unified) ? unified : ROOT;
        return Path.of(root + cgroup);
    }

    static void thaw(Path cgroup) throws IOException {
        Path freeze = cgroup.resolve("cgroup.freeze");
        if (Files.exists(freeze)) {
            Files.writeString(freeze, "0");
        }
    }

    /// Thaws every cgroup that is written down in `records`: an agent that was killed may have left
    /// it frozen.
    static void thawAll(Path records) throws IOException {
        if (!Files.isDirectory(records)) {
            return;
        }
        try (DirectoryStream<Path> each = Files.newDirectoryStream(records)) {
            for (Path record : each) {
                String cgroup = Files.readString(record).strip();
                if (cgroup.startsWith(ROOT + "/")) {
                    thaw(Path.of(cgroup));
                }
                Files.delete(record);
            }
        }
    }
}
