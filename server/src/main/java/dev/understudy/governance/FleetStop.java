package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/// The kill switch: while the fleet is stopped, no host may begin to change anything. Hosts that
/// are cut off stop when their lease ends.
public final class FleetStop {
    /// Who stopped the fleet, why, and since when.
    public record Stop(String actor, String reason, Instant since) {}

    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    public FleetStop(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
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

    /// Lets the fleet go on; nothing happens when it is not stopped.
    public void release(String actor) {
        database.inTransaction(
                () -> {
                    if (database.sql("delete from governance.fleet_stop").update() == 1) {
                        audit.append(actor, "governance.fleet-released", "fleet", Map.of());
                        outbox.publish(new FleetReleased(actor));
                    }
                });
    }

    public Optional<Stop> current() {
        return database.sql("select actor, reason, since from governance.fleet_stop")
                .query(
                        (row, _) ->
                                new Stop(
                                        row.getString("actor"),
                                        row.getString("reason"),
                                        row.getTimestamp("since").toInstant()))
                .optional();
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
