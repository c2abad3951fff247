package dev.understudy.platform;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who takes which events. Each subscriber takes its events one at a time, in the order in which
/// they were published, on one replica at a time, at least once. A handler runs in a transaction
/// that also marks the event as taken, so what it writes to the database happens exactly once;
/// effects outside the database must bear repetition.
///
/// A handler that fails is tried again with growing pauses, and later events of that subscriber
/// wait; after [Deliveries#ATTEMPTS] attempts the event is parked, shown in [#parked], and the next
/// one is taken. A subscriber that the code no longer has keeps its rows until a migration removes
/// them.
public final class Subscriptions implements AutoCloseable {
    /// An event that a subscriber could not take.
    public record Parked(
            String subscriber, long eventId, String event, int attempts, String lastError) {}

    private final Database database;
    private final InstantSource clock;
    private final Map<String, Map<String, Handler<?>>> handlers = new LinkedHashMap<>();
    private final List<DeliveryLoop> loops = new ArrayList<>();
    private @Nullable Signals signals;

    public Subscriptions(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Names `handler` as what `subscriber` does with events of class `event`; a subscriber may
    /// take several classes, in one order. Before [#start].
    public synchronized <E> void on(Class<E> event, String subscriber, Consumer<E> handler) {
        if (signals != null) {
            throw new IllegalStateException(
                    "subscriber %s came after deliveries had started".formatted(subscriber));
        }
        Handler<?> former =
                handlers.computeIfAbsent(subscriber, _ -> new LinkedHashMap<>())
                        .putIfAbsent(Outbox.nameOf(event), new Handler<>(event, handler));
        if (former != null) {
            throw new IllegalStateException(
                    "subscriber %s already takes %s".formatted(subscriber, Outbox.nameOf(event)));
        }
    }

    /// Records the subscriptions and begins to deliver, until [#close].
    public synchronized void start() {
        deliveries().forEach(each -> loops.add(new DeliveryLoop(each)));
        signals =
                new Signals(
                        database.source(), Outbox.CHANNEL, () -> loops.forEach(DeliveryLoop::wake));
    }

    /// Records the subscriptions and gives what delivers to each subscriber.
    synchronized List<Deliveries> deliveries() {
        record();
        return handlers.entrySet().stream()
                .map(each -> new Deliveries(database, clock, each.getKey(), each.getValue()))
                .toList();
    }

    public List<Parked> parked() {
        return database.sql(
                        """
                        select d.subscriber, d.event_id, o.event, d.attempts, d.last_error
                        from   platform.delivery d
                        join   platform.outbox o on o.id = d.event_id
                        where  d.parked_at is not null
                        order by d.event_id, d.subscriber
                        """)
                .query(
                        (row, _) ->
                                new Parked(
                                        row.getString("subscriber"),
                                        row.getLong("event_id"),
                                        row.getString("event"),
                                        row.getInt("attempts"),
                                        String.valueOf(row.getString("last_error"))))
                .list();
    }

    /// Lets `subscriber` try a parked event again.
    public boolean retry(String subscriber, long eventId) {
        int found =
                database.sql(
                                """
                                update platform.delivery
                                set    parked_at = null, attempts = 0, due_at = '-infinity'
                                where  subscriber = :subscriber
                                and    event_id = :event
                                and    parked_at is not null
                                """)
                        .param("subscriber", subscriber)
                        .param("event", eventId)
                        .update();
        return found == 1;
    }

    /// How many events wait to be taken, parked ones left out.
    public long waiting() {
        return database.sql("select count(*) from platform.delivery where parked_at is null")
                .query(Long.class)
                .single();
    }

    /// Stops after the events that are being taken at this moment.
    @Override
    public synchronized void close() {
        loops.forEach(DeliveryLoop::stop);
        if (signals != null) {
            signals.close();
        }
        loops.forEach(DeliveryLoop::join);
        loops.clear();
    }

    private void record() {
        handlers.forEach(
                (subscriber, takes) ->
                        database.inTransaction(
                                () -> {
                                    database.sql(
                                                    """
                                                    insert into platform.subscriber (name)
                                                    values (:name)
                                                    on conflict do nothing
                                                    """)
                                            .param("name", subscriber)
                                            .update();
                                    database.sql(
                                                    """
                                                    insert into platform.subscription
                                                           (subscriber, event)
                                                    select :name, unnest(:events)
                                                    on conflict do nothing
                                                    """)
                                            .param("name", subscriber)
                                            .param("events", takes.keySet().toArray(String[]::new))
                                            .update();
                                }));
    }

    /// One class of events and what a subscriber does with it.
    record Handler<E>(Class<E> event, Consumer<E> consumer) {
        void take(String body) {
            consumer.accept(Json.read(body, event));
        }
    }
}
