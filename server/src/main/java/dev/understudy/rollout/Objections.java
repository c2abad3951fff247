package dev.understudy.rollout;

import dev.understudy.platform.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who objected to which announced rollout, why, and who took it back.
public final class Objections {
    private final Database database;
    private final InstantSource clock;

    Objections(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// @param liftedBy null while it stands, with `liftedAt` and `liftReason`
    public record Objection(
            String by,
            String reason,
            Instant at,
            @Nullable String liftedBy,
            @Nullable Instant liftedAt,
            @Nullable String liftReason) {}

    /// Oldest first.
    public List<Objection> of(RolloutId rollout) {
        return database.sql(
                        """
                        select actor, reason, at, lifted_by, lifted_at, lift_reason
                        from rollout.objections
                        where rollout = :rollout
                        order by id
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Objection(
                                        row.getString("actor"),
                                        row.getString("reason"),
                                        Stored.instant(row, "at"),
                                        row.getString("lifted_by"),
                                        row.getObject("lifted_at") == null
                                                ? null
                                                : Stored.instant(row, "lifted_at"),
                                        row.getString("lift_reason")))
                .list();
    }

    void add(RolloutId rollout, String by, String reason) {
        database.sql(
                        """
                        insert into rollout.objections (rollout, actor, reason, at)
                        values (:rollout, :by, :reason, :now)
                        """)
                .param("rollout", rollout.value())
                .param("by", by)
                .param("reason", reason.replace('\0', '\uFFFD'))
                .param("now", Stored.utc(clock.instant()))
                .update();
    }

    void lift(RolloutId rollout, String by, String reason) {
        database.sql(
                        """
                        update rollout.objections
                        set lifted_by = :by, lifted_at = :now, lift_reason = :reason
                        where rollout = :rollout and lifted_at is null
                        """)
                .param("rollout", rollout.value())
                .param("by", by)
                .param("reason", reason.replace('\0', '\uFFFD'))
                .param("now", Stored.utc(clock.instant()))
                .update();
    }
}
