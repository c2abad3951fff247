package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is the same of an escalation of a rollout ([Escalations]) and of one of a group
/// ([Unplanned]): who knows of it, its end, its audit entries and who is told. All in the caller's
/// transaction.
final class EscalationTrail {
    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    EscalationTrail(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Tells of an escalation that is new.
    void raised(
            UUID id,
            @Nullable RolloutId rollout,
            String group,
            Escalation.Cause cause,
            Instant due,
            @Nullable Instant forecast,
            String sentence) {
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalated",
                subject(rollout, group),
                Map.of("escalation", id.toString(), "cause", cause.name(), "why", sentence));
        outbox.publish(
                new DeadlineEndangered(id, rollout, group, cause, due, forecast, sentence, 1));
    }

    /// Tells once more of one that nobody knows of.
    void toldAgain(Escalation known, Instant due, @Nullable Instant forecast, String sentence) {
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

    /// Notes that a person knows of it; false if it is over, or somebody knew already.
    boolean acknowledge(Escalation known, String by, String note) {
        int noted =
                database.sql(
                                """
                                update %s
                                set acknowledged_by = :by, acknowledged_at = :now, note = :note
                                where id = :id and ended_at is null and acknowledged_by is null
                                """
                                        .formatted(table(known)))
                        .param("by", by)
                        .param("now", Stored.utc(clock.instant()))
                        .param("note", note.replace('\0', '\uFFFD'))
                        .param("id", known.id())
                        .update();
        if (noted == 0) {
            return false;
        }
        audit.append(
                by,
                "rollout.escalation-acknowledged",
                subject(known.rollout(), known.group()),
                Map.of("escalation", known.id().toString(), "note", note));
        outbox.publish(new EscalationAcknowledged(known.id(), known.rollout(), by, note));
        return true;
    }

    void end(Escalation known, String why) {
        database.sql(
                        "update %s set ended_at = :now, end_reason = :why where id = :id"
                                .formatted(table(known)))
                .param("now", Stored.utc(clock.instant()))
                .param("why", why)
                .param("id", known.id())
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalation-ended",
                subject(known.rollout(), known.group()),
                Map.of("escalation", known.id().toString(), "why", why));
    }

    private static String table(Escalation known) {
        return known.rollout() == null ? "rollout.unplanned" : "rollout.escalations";
    }

    private static String subject(@Nullable RolloutId rollout, String group) {
        return rollout == null ? "group:" + group : "rollout:" + rollout;
    }
}
