package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is known of a token by which one host may join a group; its secret is not.
///
/// @param usedBy the host that joined with it
public record EnrolmentToken(
        UUID id,
        String group,
        String createdBy,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant withdrawnAt,
        @Nullable Instant usedAt,
        @Nullable HostId usedBy) {}
