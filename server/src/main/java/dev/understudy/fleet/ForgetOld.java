package dev.understudy.fleet;

import dev.understudy.platform.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Deletes what hosts reported and the orders that ended, once they are old, in portions that hold
/// no lock for long. The audit trail, the rehearsals' evidence and the rollouts' diaries are no
/// business of it. An order stays as long as anything that began before it is under way.
public final class ForgetOld implements Runnable {
    private static final int AT_ONCE = 5_000;

    private final Database database;
    private final InstantSource clock;
    private final Duration events;
    private final Duration orders;
    private final Supplier<Optional<Instant>> underWaySince;

    /// @param events how long reports are kept
    /// @param orders how long orders that ended are kept
    /// @param underWaySince when the oldest undertaking that may still ask for its orders began
    public ForgetOld(
            Database database,
            InstantSource clock,
            Duration events,
            Duration orders,
            Supplier<Optional<Instant>> underWaySince) {
        this.database = database;
        this.clock = clock;
        this.events = events;
        this.orders = orders;
        this.underWaySince = underWaySince;
    }

    @Override
    public void run() {
        Instant now = clock.instant();
        Instant ordersBefore = earlier(now.minus(orders), underWaySince.get());
        Instant eventsBefore = now.minus(events);
        while (forgetEvents(eventsBefore) == AT_ONCE
                || forgetSymptoms(eventsBefore) == AT_ONCE
                || forgetOrders(ordersBefore) == AT_ONCE) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    private static Instant earlier(Instant one, Optional<Instant> other) {
        return other.filter(one::isAfter).orElse(one);
    }

    private int forgetEvents(Instant before) {
        return database.sql(
                        """
                        delete from fleet.agent_events
                        where (host, sequence) in
                              (select e.host, e.sequence
                               from fleet.agent_events e
                               where e.received_at < :before
                                 and not exists (select
                                                 from fleet.orders o
                                                 where o.id = e.order_id
                                                   and o.state in ('QUEUED', 'DELIVERED',
                                                                   'ACCEPTED'))
                               limit :portion)
                        """)
                .param("before", Times.sql(before))
                .param("portion", AT_ONCE)
                .update();
    }

    private int forgetSymptoms(Instant before) {
        return database.sql(
                        """
                        delete from fleet.symptoms
                        where id in (select id
                                     from fleet.symptoms
                                     where ended_at is not null and began_at < :before
                                     limit :portion)
                        """)
                .param("before", Times.sql(before))
                .param("portion", AT_ONCE)
                .update();
    }

    private int forgetOrders(Instant before) {
        return database.sql(
                        """
                        delete from fleet.orders
                        where id in (select id
                                     from fleet.orders
                                     where state in ('ENDED', 'EXPIRED', 'CANCELLED')
                                       and issued_at < :before
                                       and coalesce(ended_at, not_after) < :before
                                     limit :portion)
                        """)
                .param("before", Times.sql(before))
                .param("portion", AT_ONCE)
                .update();
    }
}
