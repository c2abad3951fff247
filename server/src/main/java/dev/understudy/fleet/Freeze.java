package dev.understudy.fleet;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A time in which hosts are not changed, whatever their windows say: year's end, a launch.
///
/// @param group empty if it holds for the whole fleet
/// @param to the first instant at which it no longer holds
/// @param endedAt when somebody ended it before its time; null if nobody did
public record Freeze(
        UUID id,
        String group,
        Instant from,
        Instant to,
        String reason,
        String by,
        @Nullable Instant endedAt,
        String endedBy) {

    /// Whether it forbids changes at `at`.
    public boolean holds(Instant at) {
        return !at.isBefore(from) && at.isBefore(end());
    }

    boolean concerns(String hosts) {
        return group.isEmpty() || group.equals(hosts);
    }

    /// When it ends, or was ended.
    public Instant end() {
        return endedAt != null && endedAt.isBefore(to) ? endedAt : to;
    }
}
