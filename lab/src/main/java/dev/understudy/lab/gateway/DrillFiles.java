package dev.understudy.lab.gateway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The drill archive as the hosts see it.
public final class DrillFiles {
    /// A name that only the lab's proxy knows.
    public static final String HOST = "drills.understudy-lab";

    private DrillFiles() {}

    /// The file at a path of the archive; nothing outside its folder is ever found.
    static Optional<Path> find(Path folder, String path) {
        Path file = folder.resolve(path.replaceFirst("^/+", "")).normalize();
        return file.startsWith(folder) && Files.isRegularFile(file)
                ? Optional.of(file)
                : Optional.empty();
    }
}
