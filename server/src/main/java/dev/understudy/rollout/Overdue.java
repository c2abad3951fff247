package dev.understudy.rollout;

import dev.understudy.fleet.HostGlance;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Orders;
import dev.understudy.protocol.OrderId;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Moves hosts that do not answer, by time.
final class Overdue {
    /// How long after a check-in a changed inventory may still be on its way.
    private static final Duration INVENTORY_DELAY = Duration.ofMinutes(2);

    private final MoveDeployment move;
    private final Orders orders;
    private final Inventories inventories;
    private final RolloutSettings settings;

    Overdue(MoveDeployment move, Orders orders, Inventories inventories, RolloutSettings settings) {
        this.move = move;
        this.orders = orders;
        this.inventories = inventories;
        this.settings = settings;
    }

    /// What follows from time alone, or from a host that is back and was not changed.
    Deployment look(Deployment d, HostGlance host, Instant now) {
        boolean late = now.isAfter(d.since().plus(settings.patience()));
        return switch (d.state()) {
            case State.Applying(_, OrderId order, _) when late -> expired(d, order, host);
            case State.RollingBack(_, OrderId order) when late -> expired(d, order, host);
            case State.Verifying(_, OrderId order, boolean rebooted, _) when late && !rebooted ->
                    expired(d, order, host);
            case State.Verifying _ when late ->
                    move.happen(
                            d,
                            new Event.SeenNotInEffect(
                                    List.of(
                                            host.name()
                                                    + " sent no new inventory after its reboot.")),
                            NextMoves.MACHINE);
            case State.Doubtful(OrderId order, _, _) when back(d, host, order) ->
                    move.happen(d, new Event.SeenUnchanged(), NextMoves.MACHINE);
            case State.Applying _, State.RollingBack _, State.Verifying _, State.Doubtful _ -> d;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> d;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> d;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> d;
        };
    }

    private Deployment expired(Deployment d, OrderId order, HostGlance host) {
        String reason =
                "%s took up its order, and nothing was heard of it for %d minutes."
                        .formatted(host.name(), settings.patience().toMinutes());
        return move.happen(d, new Event.OrderExpired(order, reason), NextMoves.MACHINE);
    }

    private boolean back(Deployment d, HostGlance host, OrderId order) {
        Instant seen = host.lastSeen();
        boolean taken = orders.find(order).map(issued -> issued.acceptedAt() != null).orElse(false);
        return seen != null
                && !taken
                && seen.isAfter(d.since().plus(INVENTORY_DELAY))
                && !order.equals(host.running())
                && inventories
                        .latest(d.host())
                        .map(inventory -> new Sighting(inventory).untouched(d))
                        .orElse(false);
    }
}
