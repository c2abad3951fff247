package dev.understudy.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the control plane answers to a check-in.
///
/// @param leaseUntil until when the agent may start an order that changes the host; a host that is
///   cut off stops by itself when its lease ends
/// @param stop whether the whole fleet is stopped: no order that changes a host may be started
/// @param acknowledged the highest event sequence that is safely stored
/// @param orderKeys the keys that orders are signed with, and the retired ones through which older
///   hosts come to know them; null from a control plane that does not say
/// @param quarantine what no host may get; null where the host knows this list already, and from a
///   control plane that does not say
public record CheckInAnswer(
        Instant serverTime,
        Duration nextPoll,
        Instant leaseUntil,
        boolean stop,
        long acknowledged,
        boolean inventoryWanted,
        List<SignedOrder> orders,
        @Nullable List<KeyNotice> orderKeys,
        @Nullable QuarantineNotice quarantine) {
    public CheckInAnswer(
            Instant serverTime,
            Duration nextPoll,
            Instant leaseUntil,
            boolean stop,
            long acknowledged,
            boolean inventoryWanted,
            List<SignedOrder> orders) {
        this(
                serverTime,
                nextPoll,
                leaseUntil,
                stop,
                acknowledged,
                inventoryWanted,
                orders,
                null,
                null);
    }

    public CheckInAnswer {
        Require.present(serverTime, "serverTime");
        Require.present(nextPoll, "nextPoll");
        Require.present(leaseUntil, "leaseUntil");
        Require.atLeast(acknowledged, 0, "acknowledged");
        orders = List.copyOf(orders);
        orderKeys = orderKeys == null ? null : List.copyOf(orderKeys);
    }
}
