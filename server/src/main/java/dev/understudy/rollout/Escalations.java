package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The deadlines that are in danger, and who knows of it. At most one of a rollout is open, and one
/// of a group to which no rollout brings what is due ([Unplanned]).
public final class Escalations {
    private static final int LONGEST_NOTE = 2_000;

    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;
    private final Unplanned unplanned;

    Escalations(
            Database database,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock,
            Unplanned unplanned) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
        this.unplanned = unplanned;
    }

    /// Those that are not over, those first of which nobody knows, then by deadline.
    public List<Escalation> open() {
        return Stream.concat(ofRollouts().stream(), unplanned.open().stream())
                .sorted(
                        Comparator.comparing(Escalation::acknowledged)
                                .thenComparing(Escalation::due)
                                .thenComparing(Escalation::id))
                .toList();
    }

    List<Escalation> ofRollouts() {
        return database.sql(
                        """
                        select id, rollout, group_name, cause, due, forecast, sentence, raised_at,
                               told_at, told, acknowledged_by, acknowledged_at, note
                        from rollout.escalations
                        where ended_at is null
                        """)
                .query((row, _) -> escalation(row))
                .list();
    }

    /// A person says that they know; it is told no more.
    ///
    /// @throws Problem if there is no such open escalation
    public void acknowledge(UUID id, String by, String note) {
        if (note.length() > LONGEST_NOTE) {
            throw Problem.invalid(
                    "note-too-long",
                    "The note has %d characters; at most %d are kept."
                            .formatted(note.length(), LONGEST_NOTE));
        }
        database.inTransaction(
                () -> {
                    if (unplanned.acknowledge(id, by, note)) {
                        return;
                    }
                    RolloutId rollout =
                            database.sql(
                                            """
                                            update rollout.escalations
                                            set acknowledged_by = :by, acknowledged_at = :now,
                                                note = :note
                                            where id = :id and ended_at is null
                                              and acknowledged_by is null
                                            returning rollout
                                            """)
                                    .param("by", by)
                                    .param("now", Stored.utc(clock.instant()))
                                    .param("note", note.replace('\0', '\uFFFD'))
                                    .param("id", id)
                                    .query((row, _) -> new RolloutId(row.getObject(1, UUID.class)))
                                    .optional()
                                    .orElseThrow(() -> missing(id));
                    audit.append(
                            by,
                            "rollout.escalation-acknowledged",
                            "rollout:" + rollout,
                            Map.of("escalation", id.toString(), "note", note));
                    outbox.publish(new EscalationAcknowledged(id, rollout, by, note));
                });
    }

    /// Raises it, in the caller's transaction.
    void raise(
            Rollout rollout,
            Escalation.Cause cause,
            Instant due,
            @Nullable Instant forecast,
            String sentence) {
        Instant now = clock.instant();
        UUID id = Ids.at(now);
        database.sql(
                        """
                        insert into rollout.escalations
                            (id, rollout, group_name, cause, due, forecast, sentence, raised_at,
                             told_at, told)
                        values (:id, :rollout, :group, :cause, :due, :forecast, :sentence, :now,
                                :now, 1)
                        """)
                .param("id", id)
                .param("rollout", rollout.id().value())
                .param("group", rollout.group())
                .param("cause", cause.name())
                .param("due", Stored.utc(due))
                .param(
                        "forecast",
                        forecast == null ? null : Stored.utc(forecast),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sentence", sentence)
                .param("now", Stored.utc(now))
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalated",
                "rollout:" + rollout.id(),
                Map.of("escalation", id.toString(), "cause", cause.name(), "why", sentence));
        outbox.publish(
                new DeadlineEndangered(
                        id, rollout.id(), rollout.group(), cause, due, forecast, sentence, 1));
    }

    /// Keeps it up to date, and tells it once more if `again`; in the caller's transaction.
    void update(
            Escalation known,
            Instant due,
            @Nullable Instant forecast,
            String sentence,
            boolean again) {
        database.sql(
                        """
                        update rollout.escalations
                        set due = :due, forecast = :forecast, sentence = :sentence,
                            told = told + :more,
                            told_at = case when :more = 1 then :now else told_at end
                        where id = :id
                        """)
                .param("due", Stored.utc(due))
                .param(
                        "forecast",
                        forecast == null ? null : Stored.utc(forecast),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sentence", sentence)
                .param("more", again ? 1 : 0)
                .param("now", Stored.utc(clock.instant()))
                .param("id", known.id())
                .update();
        if (again) {
            outbox.publish(
                    new DeadlineEndangered(
                            known.id(),
                            known.rollout(),
                            known.group(),
                            known.cause(),
                            due,
                            forecast,
                            sentence,
                            known.told() + 1));
        }
    }

    void end(Escalation known, String why) {
        database.sql(
                        "update rollout.escalations set ended_at = :now, end_reason = :why where id = :id")
                .param("now", Stored.utc(clock.instant()))
                .param("why", why)
                .param("id", known.id())
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalation-ended",
                "rollout:" + known.rollout(),
                Map.of("escalation", known.id().toString(), "why", why));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound(
                "escalation-not-found",
                "No escalation %s waits to be acknowledged. See: understudy escalations"
                        .formatted(id));
    }

    static Escalation escalation(ResultSet row) throws SQLException {
        return new Escalation(
                row.getObject("id", UUID.class),
                row.getObject("rollout") == null
                        ? null
                        : new RolloutId(row.getObject("rollout", UUID.class)),
                row.getString("group_name"),
                Escalation.Cause.valueOf(row.getString("cause")),
                Stored.instant(row, "due"),
                row.getObject("forecast") == null ? null : Stored.instant(row, "forecast"),
                row.getString("sentence"),
                Stored.instant(row, "raised_at"),
                Stored.instant(row, "told_at"),
                row.getInt("told"),
                row.getString("acknowledged_by"),
                row.getObject("acknowledged_at") == null
                        ? null
                        : Stored.instant(row, "acknowledged_at"),
                row.getString("note"));
    }
}
