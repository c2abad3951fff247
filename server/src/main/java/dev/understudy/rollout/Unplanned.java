package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.risk.PatchId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The escalations of groups to which no rollout brings what is due. At most one of a group is
/// open.
final class Unplanned {
    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    Unplanned(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    List<Escalation> open() {
        return database.sql(
                        """
                        select id, null as rollout, group_name, 'UNPLANNED' as cause, due,
                               null as forecast, sentence, raised_at, told_at, told,
                               acknowledged_by, acknowledged_at, note
                        from rollout.unplanned
                        where ended_at is null
                        """)
                .query((row, _) -> Escalations.escalation(row))
                .list();
    }

    /// Notes that a person knows of it, in the caller's transaction; false if there is no such open
    /// escalation of which nobody knows.
    boolean acknowledge(UUID id, String by, String note) {
        Optional<String> group =
                database.sql(
                                """
                                update rollout.unplanned
                                set acknowledged_by = :by, acknowledged_at = :now, note = :note
                                where id = :id and ended_at is null and acknowledged_by is null
                                returning group_name
                                """)
                        .param("by", by)
                        .param("now", Stored.utc(clock.instant()))
                        .param("note", note.replace('\0', '\uFFFD'))
                        .param("id", id)
                        .query(String.class)
                        .optional();
        group.ifPresent(
                name -> {
                    audit.append(
                            by,
                            "rollout.escalation-acknowledged",
                            "group:" + name,
                            Map.of("escalation", id.toString(), "note", note));
                    outbox.publish(new EscalationAcknowledged(id, null, by, note));
                });
        return group.isPresent();
    }

    /// Raises it, in the caller's transaction.
    void raise(String group, PatchId patch, Instant due, String sentence) {
        Instant now = clock.instant();
        UUID id = Ids.at(now);
        database.sql(
                        """
                        insert into rollout.unplanned
                            (id, group_name, patch, due, sentence, raised_at, told_at, told)
                        values (:id, :group, :patch, :due, :sentence, :now, :now, 1)
                        """)
                .param("id", id)
                .param("group", group)
                .param("patch", patch.toString())
                .param("due", Stored.utc(due))
                .param("sentence", sentence)
                .param("now", Stored.utc(now))
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalated",
                "group:" + group,
                Map.of(
                        "escalation",
                        id.toString(),
                        "cause",
                        Escalation.Cause.UNPLANNED.name(),
                        "why",
                        sentence));
        tell(id, group, due, sentence, 1);
    }

    /// Keeps it up to date, and tells it once more if `again`; in the caller's transaction.
    void update(Escalation known, PatchId patch, Instant due, String sentence, boolean again) {
        database.sql(
                        """
                        update rollout.unplanned
                        set patch = :patch, due = :due, sentence = :sentence, told = told + :more,
                            told_at = case when :more = 1 then :now else told_at end
                        where id = :id
                        """)
                .param("patch", patch.toString())
                .param("due", Stored.utc(due))
                .param("sentence", sentence)
                .param("more", again ? 1 : 0)
                .param("now", Stored.utc(clock.instant()))
                .param("id", known.id())
                .update();
        if (again) {
            tell(known.id(), known.group(), due, sentence, known.told() + 1);
        }
    }

    private void tell(UUID id, String group, Instant due, String sentence, int times) {
        outbox.publish(
                new DeadlineEndangered(
                        id, null, group, Escalation.Cause.UNPLANNED, due, null, sentence, times));
    }

    void end(Escalation known, String why) {
        database.sql(
                        "update rollout.unplanned set ended_at = :now, end_reason = :why where id = :id")
                .param("now", Stored.utc(clock.instant()))
                .param("why", why)
                .param("id", known.id())
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.escalation-ended",
                "group:" + known.group(),
                Map.of("escalation", known.id().toString(), "why", why));
    }
}
