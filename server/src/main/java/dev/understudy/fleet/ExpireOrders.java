package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/// Ends the orders that ran out before their host was known to have accepted them. An order that
/// was delivered is given one lease more: the host may have accepted it at the last moment and not
/// have been back since.
public final class ExpireOrders implements Runnable {
    private final Database database;
    private final InstantSource clock;
    private final FleetSettings settings;
    private final Outbox outbox;

    public ExpireOrders(
            Database database, InstantSource clock, FleetSettings settings, Outbox outbox) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
        this.outbox = outbox;
    }

    private record Due(OrderId id, HostId host, OrderState state) {}

    /// Takes all that are due, in portions.
    @Override
    public void run() {
        while (portion() > 0) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    private int portion() {
        return database.inTransaction(
                () -> {
                    List<Due> due = due(clock.instant());
                    due.forEach(this::expire);
                    return due.size();
                });
    }

    private List<Due> due(Instant now) {
        return database.sql(
                        """
                        select id, host, state
                        from fleet.orders
                        where state = 'QUEUED' and not_after <= :now
                           or state = 'DELIVERED' and not_after <= :graced
                        order by not_after
                        limit 200
                        for update skip locked
                        """)
                .param("now", Times.sql(now))
                .param("graced", Times.sql(now.minus(settings.lease())))
                .query(
                        (row, _) ->
                                new Due(
                                        new OrderId(row.getObject("id", UUID.class)),
                                        new HostId(row.getObject("host", UUID.class)),
                                        OrderState.valueOf(row.getString("state"))))
                .list();
    }

    private void expire(Due order) {
        OrderState next = OrderLifecycle.next(order.state(), new OrderLifecycle.Event.RanOut());
        database.sql("update fleet.orders set state = :state where id = :id")
                .param("id", order.id().value())
                .param("state", next.name())
                .update();
        outbox.publish(new OrderExpired(order.host(), order.id()));
    }
}
