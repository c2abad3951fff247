package dev.understudy.platform;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the events of one subscriber, one by one. The attempt is counted in the database before
/// the handler runs, so an event that kills the process is parked like one that throws. An attempt
/// that only the database prevented is taken back: however often that goes away, no event is parked
/// for it.
final class Deliveries {
    /// After so many failed attempts (about four minutes) an event is parked.
    static final int ATTEMPTS = 12;

    /// How long a subscriber that hears no signal waits before it looks by itself.
    static final Duration LOOK = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int LONGEST_ERROR = 4_000;

    private final Database database;
    private final InstantSource clock;
    private final String subscriber;
    private final Map<String, Subscriptions.Handler<?>> handlers;

    /// What was being attempted when the database went away; only the subscriber's thread uses it.
    private @Nullable Head interrupted;

    Deliveries(
            Database database,
            InstantSource clock,
            String subscriber,
            Map<String, Subscriptions.Handler<?>> handlers) {
        this.database = database;
        this.clock = clock;
        this.subscriber = subscriber;
        this.handlers = Map.copyOf(handlers);
    }

    private record Head(long id, String event, String body, int attempts, Instant due) {}

    private sealed interface Claim {
        record Wait(Duration pause) implements Claim {}

        record Take(Head head) implements Claim {}
    }

    String subscriber() {
        return subscriber;
    }

    /// Takes the next event if one is due; answers how long to wait before the next call.
    Duration next() {
        takeBack();
        return switch (database.inTransaction(this::claim)) {
            case Claim.Wait wait -> wait.pause();
            case Claim.Take take -> {
                attempt(take.head());
                yield Duration.ZERO;
            }
        };
    }

    /// What a subscriber waits after attempt number `attempt`: 100 ms, doubled up to 30 s.
    static Duration pauseAfter(int attempt) {
        long millis = 100L << Math.min(attempt - 1, 16);
        return Duration.ofMillis(Math.min(millis, 30_000));
    }

    private Claim claim() {
        database.sql("set local synchronous_commit = off").update();
        if (!lockSubscriber()) {
            return new Claim.Wait(LOOK);
        }
        Optional<Head> found = head();
        if (found.isEmpty()) {
            return new Claim.Wait(LOOK);
        }
        Head head = found.get();
        Duration early = Duration.between(clock.instant(), head.due());
        if (early.isPositive()) {
            return new Claim.Wait(early.compareTo(LOOK) < 0 ? early : LOOK);
        }
        if (head.attempts() >= ATTEMPTS) {
            park(head);
            return new Claim.Wait(Duration.ZERO);
        }
        count(head);
        return new Claim.Take(head);
    }

    private void attempt(Head head) {
        try {
            database.inTransaction(() -> take(head));
        } catch (RuntimeException | Error e) {
            if (Database.isAway(e)) {
                interrupted = head;
                throw e;
            }
            LOG.warn(
                    "{} could not take {} ({}), attempt {} of {}",
                    subscriber,
                    head.event(),
                    head.id(),
                    head.attempts() + 1,
                    ATTEMPTS,
                    e);
            noteError(head, e);
        }
    }

    /// Unless the event was taken after all, or another replica tried it since.
    private void takeBack() {
        Head head = interrupted;
        if (head == null) {
            return;
        }
        database.sql(
                        """
                        update platform.delivery
                        set    attempts = attempts - 1, due_at = :now
                        where  subscriber = :subscriber
                        and    event_id = :event
                        and    attempts = :attempts
                        """)
                .param("now", utc(clock.instant()))
                .param("subscriber", subscriber)
                .param("event", head.id())
                .param("attempts", head.attempts() + 1)
                .update();
        interrupted = null;
    }

    private void take(Head head) {
        if (!lockSubscriber() || !remove(head)) {
            return; // another replica went on with it
        }
        Subscriptions.Handler<?> handler = handlers.get(head.event());
        if (handler == null) {
            throw new IllegalStateException(
                    "subscriber %s has no handler for %s; maybe an older replica is still running"
                            .formatted(subscriber, head.event()));
        }
        handler.take(head.body());
    }

    private boolean lockSubscriber() {
        return database.sql(
                        """
                        select true
                        from   platform.subscriber
                        where  name = :subscriber
                        for no key update skip locked
                        """)
                .param("subscriber", subscriber)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private Optional<Head> head() {
        return database.sql(
                        """
                        select o.id, o.event, o.body::text as body, d.attempts, d.due_at
                        from   platform.delivery d
                        join   platform.outbox o on o.id = d.event_id
                        where  d.subscriber = :subscriber
                        and    d.parked_at is null
                        order by d.event_id
                        limit 1
                        """)
                .param("subscriber", subscriber)
                .query(
                        (row, _) ->
                                new Head(
                                        row.getLong("id"),
                                        row.getString("event"),
                                        row.getString("body"),
                                        row.getInt("attempts"),
                                        row.getTimestamp("due_at").toInstant()))
                .optional();
    }

    private boolean remove(Head head) {
        return database.sql(
                                """
                                delete from platform.delivery
                                where  subscriber = :subscriber
                                and    event_id = :event
                                and    attempts = :attempts
                                """)
                        .param("subscriber", subscriber)
                        .param("event", head.id())
                        .param("attempts", head.attempts() + 1)
                        .update()
                == 1;
    }

    private void count(Head head) {
        database.sql(
                        """
                        update platform.delivery
                        set    attempts = attempts + 1, due_at = :due
                        where  subscriber = :subscriber and event_id = :event
                        """)
                .param("due", utc(clock.instant().plus(pauseAfter(head.attempts() + 1))))
                .param("subscriber", subscriber)
                .param("event", head.id())
                .update();
    }

    private void park(Head head) {
        LOG.error(
                "{} could not take {} ({}) in {} attempts: parked",
                subscriber,
                head.event(),
                head.id(),
                head.attempts());
        database.sql(
                        """
                        update platform.delivery
                        set    parked_at = :now,
                               last_error = coalesce(last_error, 'the process died each time')
                        where  subscriber = :subscriber and event_id = :event
                        """)
                .param("now", utc(clock.instant()))
                .param("subscriber", subscriber)
                .param("event", head.id())
                .update();
    }

    private void noteError(Head head, Throwable error) {
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace));
        String text = trace.toString();
        database.sql(
                        """
                        update platform.delivery
                        set    last_error = :error
                        where  subscriber = :subscriber and event_id = :event
                        """)
                .param("error", text.substring(0, Math.min(text.length(), LONGEST_ERROR)))
                .param("subscriber", subscriber)
                .param("event", head.id())
                .update();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
