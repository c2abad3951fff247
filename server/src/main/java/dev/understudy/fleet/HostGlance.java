package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What changes about a host from one check-in to the next, read of many hosts at once.
///
/// @param name the host name it enrolled with; may repeat
/// @param lastSeen when it last checked in; null if it never did
/// @param running the order it is carrying out, as of its last check-in
public record HostGlance(
        HostId id,
        String name,
        String group,
        @Nullable Instant lastSeen,
        @Nullable OrderId running) {}
