package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The kill switch: while the fleet is stopped, no host may begin to change anything. Hosts that
/// are cut off stop when their lease ends.
public final class FleetStop {
    /// Who stopped the fleet, why, and since when.
    ///
    /// @param releaseWantedBy who wants it to go on, while a second person has to agree; else null
    public record Stop(
            String actor, String reason, Instant since, @Nullable String releaseWantedBy) {}

    /// How many people it takes to let the fleet go on.
    public enum ReleaseBy {
        ONE,
        /// Two that differ, so that nobody takes back a stop alone.
        TWO
    }

    /// For how long a first person's word waits for the second.
    private static final Duration WANTED_FOR = Duration.ofHours(1);

    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;
    private final ReleaseBy releaseBy;

    public FleetStop(
            Database database,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock,
            ReleaseBy releaseBy) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
        this.releaseBy = releaseBy;
    }

    /// Stops the fleet; when it is stopped already, that stop stays.
    public Stop stop(String actor, String reason) {
        if (reason.isBlank()) {
            throw Problem.invalid(
                    "stop-needs-reason", "Say why the fleet is stopped: the reason is empty.");
        }
        return database.inTransaction(
                () -> {
                    if (record(actor, reason)) {
                        audit.append(
                                actor,
                                "governance.fleet-stopped",
                                "fleet",
                                Map.of("reason", reason));
                        outbox.publish(new FleetStopped(actor, reason));
                    }
                    return current().orElseThrow();
                });
    }

    /// Lets the fleet go on, or, where that takes two, notes the first one's wish; nothing happens
    /// when it is not stopped.
    ///
    /// @return the stop, if it holds until a second person agrees
    /// @throws Problem if the same person agrees with himself
    public Optional<Stop> release(String actor) {
        return database.inTransaction(
                () -> {
                    Optional<Stop> stop = locked();
                    if (stop.isEmpty() || releaseBy == ReleaseBy.ONE || agreed(stop.get(), actor)) {
                        go(actor);
                        return Optional.<Stop>empty();
                    }
                    want(actor);
                    return current();
                });
    }

    private static boolean agreed(Stop stop, String actor) {
        String first = stop.releaseWantedBy();
        if (actor.equals(first)) {
            throw Problem.conflict(
                    "release-needs-two",
                    "%s wants the fleet to go on already; another person has to agree with: understudy stop-all --release"
                            .formatted(actor));
        }
        return first != null;
    }

    private void want(String actor) {
        database.sql(
                        """
                        update governance.fleet_stop
                        set release_wanted_by = :actor, release_wanted_at = :now
                        """)
                .param("actor", actor)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        audit.append(actor, "governance.fleet-release-wanted", "fleet", Map.of());
    }

    private void go(String actor) {
        if (database.sql("delete from governance.fleet_stop").update() == 1) {
            audit.append(actor, "governance.fleet-released", "fleet", Map.of());
            outbox.publish(new FleetReleased(actor));
        }
    }

    public Optional<Stop> current() {
        return database.sql(
                        """
                        select actor, reason, since,
                               case when release_wanted_at > :recent then release_wanted_by end
                                   as release_wanted_by
                        from governance.fleet_stop
                        """)
                .param("recent", clock.instant().minus(WANTED_FOR).atOffset(ZoneOffset.UTC))
                .query(
                        (row, _) ->
                                new Stop(
                                        row.getString("actor"),
                                        row.getString("reason"),
                                        row.getTimestamp("since").toInstant(),
                                        row.getString("release_wanted_by")))
                .optional();
    }

    /// As [#current], held until the transaction ends.
    private Optional<Stop> locked() {
        database.sql("select id from governance.fleet_stop for update")
                .query(Integer.class)
                .optional();
        return current();
    }

    private boolean record(String actor, String reason) {
        return database.sql(
                                """
                                insert into governance.fleet_stop (actor, reason, since)
                                values (:actor, :reason, :now)
                                on conflict do nothing
                                """)
                        .param("actor", actor)
                        .param("reason", reason)
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }
}
