package dev.understudy.fleet;

import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Platform;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A managed host. `environment`, `criticality` and `exposure` are its own where set, else those of
/// its group.
///
/// @param name the host name it enrolled with; may repeat
/// @param lastSeen when it last checked in; null if it never did
/// @param running the order it is carrying out, as of its last check-in
/// @param shape digest of its exact package set; null, like `platform` and `capabilities`, until
///   its first inventory
public record Host(
        HostId id,
        String name,
        String group,
        Environment environment,
        Criticality criticality,
        Exposure exposure,
        Instant enrolledAt,
        @Nullable Instant lastSeen,
        @Nullable Instant retiredAt,
        String agentVersion,
        String bootId,
        @Nullable OrderId running,
        @Nullable String shape,
        @Nullable Platform platform,
        @Nullable Capabilities capabilities) {

    public boolean retired() {
        return retiredAt != null;
    }

    /// Whether the host's owner lets its agent change anything, as far as is known.
    public boolean managed() {
        return Optional.ofNullable(capabilities)
                .map(known -> known.mode() == Capabilities.Mode.MANAGED)
                .orElse(false);
    }
}
