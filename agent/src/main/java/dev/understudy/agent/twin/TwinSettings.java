package dev.understudy.agent.twin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What one twin may take and must have.
///
/// @param space bytes that the patch is expected to write, copies of databases not included
/// @param lifetime after this time systemd ends the twin, whatever became of the agent
/// @param shared folders of the agent's own data that the twin needs (the package archives); the
///   rest of that data is hidden from it
/// @param longestPause a database is paused for a copy at most this long
public record TwinSettings(
        long space, Duration lifetime, List<Path> shared, Duration longestPause) {
    public TwinSettings {
        shared = List.copyOf(shared);
        if (space < 0 || lifetime.isNegative() || lifetime.isZero()) {
            throw new IllegalArgumentException(
                    "A twin needs space and time: %d bytes, %s".formatted(space, lifetime));
        }
    }
}
