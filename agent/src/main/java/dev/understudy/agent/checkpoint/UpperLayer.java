package dev.understudy.agent.checkpoint;

import java.nio.file.Path;

/// The writable layer over one of the host's file systems: `directory` holds what was changed below
/// `mountPoint` (`/`, `/var` …).
public record UpperLayer(String mountPoint, Path directory) {
    public UpperLayer {
        if (!mountPoint.startsWith("/")) {
            throw new IllegalArgumentException(
                    "A mount point must be absolute: '%s'".formatted(mountPoint));
        }
    }

    /// The absolute path, as the host names it, of `inside` this layer.
    String named(Path inside) {
        String relative = directory.relativize(inside).toString();
        if (relative.isEmpty()) {
            return mountPoint;
        }
        return mountPoint.equals("/") ? "/" + relative : mountPoint + "/" + relative;
    }
}
