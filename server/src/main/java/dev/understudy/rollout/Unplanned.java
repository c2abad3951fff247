package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.risk.PatchId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/// The escalations of groups to which no rollout brings what is due. At most one of a group is
/// open.
final class Unplanned {
    private final Database database;
    private final EscalationTrail trail;
    private final InstantSource clock;

    Unplanned(Database database, EscalationTrail trail, InstantSource clock) {
        this.database = database;
        this.trail = trail;
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
        trail.raised(id, null, group, Escalation.Cause.UNPLANNED, due, null, sentence);
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
            trail.toldAgain(known, due, null, sentence);
        }
    }

    void end(Escalation known, String why) {
        trail.end(known, why);
    }
}
