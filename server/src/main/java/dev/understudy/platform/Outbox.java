package dev.understudy.platform;

import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// What happened, told to the subscribers if and only if the transaction that made it so commits.
/// An event is a record; its name in the database is the last part of its package and its simple
/// name (`fleet.HostEnrolled`), so moving or renaming one is a change of schema.
public final class Outbox {
    static final String CHANNEL = "understudy_outbox";
    private static final int AT_ONCE = 5_000;

    private final Database database;
    private final InstantSource clock;

    public Outbox(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Publishes `event` in the transaction that is open; each subscriber of its class takes it
    /// after the commit. Publish after taking the locks that order the change: events come in the
    /// order in which they were published.
    public void publish(Object event) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "%s was published outside a transaction; publish it where its cause is written"
                            .formatted(nameOf(event.getClass())));
        }
        database.sql(
                        """
                        with published as (
                            insert into platform.outbox (event, body, published_at)
                            values (:event, cast(:body as jsonb), :now)
                            returning id, event, published_at
                        ), delivered as (
                            insert into platform.delivery (subscriber, event_id, due_at)
                            select s.subscriber, p.id, p.published_at
                            from   published p
                            join   platform.subscription s on s.event = p.event
                        )
                        select pg_notify(:channel, event) from published
                        """)
                .param("event", nameOf(event.getClass()))
                .param("body", Json.write(event))
                .param("now", now())
                .param("channel", CHANNEL)
                .query((_, _) -> true)
                .single();
    }

    /// Forgets events that everyone has taken and that are older than `kept`, in portions.
    public int sweep(Duration kept) {
        int swept = 0;
        int portion = AT_ONCE;
        while (portion == AT_ONCE && !Thread.currentThread().isInterrupted()) {
            portion = sweepPortion(kept);
            swept += portion;
        }
        return swept;
    }

    private int sweepPortion(Duration kept) {
        return database.sql(
                        """
                        delete from platform.outbox
                        where  id in (select o.id
                                      from   platform.outbox o
                                      where  o.published_at < :before
                                      and    not exists (select
                                                         from  platform.delivery d
                                                         where d.event_id = o.id)
                                      limit  :portion)
                        """)
                .param("before", now().minus(kept))
                .param("portion", AT_ONCE)
                .update();
    }

    static String nameOf(Class<?> event) {
        String home = event.getPackageName();
        return home.substring(home.lastIndexOf('.') + 1) + '.' + event.getSimpleName();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
