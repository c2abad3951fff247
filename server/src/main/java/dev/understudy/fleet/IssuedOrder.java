package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An order with what became of it.
///
/// @param phase the last step that the host reported; empty before
/// @param report the host's last word; null unless the state is `ENDED`
public record IssuedOrder(
        OrderId id,
        HostId host,
        OrderBody body,
        Instant issuedAt,
        Instant notAfter,
        OrderState state,
        int deliveries,
        @Nullable Instant acceptedAt,
        @Nullable Instant endedAt,
        String phase,
        @Nullable Report report) {}
