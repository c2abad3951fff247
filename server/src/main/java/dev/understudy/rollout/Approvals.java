package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was approved, word for word, by whom, and what became of it. The audit trail has the
/// SHA-256 of each plan, so an export of it vouches for the text that is kept here.
public final class Approvals {
    private final Database database;
    private final AuditTrail audit;
    private final InstantSource clock;

    Approvals(Database database, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /// @param plan what `planHash` is the SHA-256 of
    /// @param by who approved it; the machine where it was announced and nobody objected
    /// @param voidAt since when it holds no longer, and `voidReason` why; null while it holds
    public record Approval(
            long id,
            RolloutId rollout,
            String planHash,
            String plan,
            String by,
            String reason,
            Instant at,
            @Nullable Instant voidAt,
            @Nullable String voidReason) {}

    /// Oldest first.
    public List<Approval> of(RolloutId rollout) {
        return database.sql(
                        """
                        select id, plan_sha256, plan, actor, reason, at, void_at, void_reason
                        from rollout.approvals
                        where rollout = :rollout
                        order by id
                        """)
                .param("rollout", rollout.value())
                .query((row, _) -> approval(rollout, row))
                .list();
    }

    /// The one that holds.
    Optional<Approval> standing(RolloutId rollout) {
        return database.sql(
                        """
                        select id, plan_sha256, plan, actor, reason, at, void_at, void_reason
                        from rollout.approvals
                        where rollout = :rollout and void_at is null
                        order by id desc
                        limit 1
                        """)
                .param("rollout", rollout.value())
                .query((row, _) -> approval(rollout, row))
                .optional();
    }

    void add(RolloutId rollout, PlanText plan, String by, String reason) {
        database.sql(
                        """
                        insert into rollout.approvals (rollout, plan_sha256, plan, actor, reason, at)
                        values (:rollout, :hash, :plan, :by, :reason, :now)
                        """)
                .param("rollout", rollout.value())
                .param("hash", plan.hash())
                .param("plan", plan.text())
                .param("by", by)
                .param("reason", reason.replace('\0', '\uFFFD'))
                .param("now", Stored.utc(clock.instant()))
                .update();
        audit.append(
                by,
                "rollout.approved",
                "rollout:" + rollout,
                Map.of("planSha256", plan.hash(), "reason", reason));
    }

    void makeVoid(Approval approval, String reason) {
        database.sql(
                        """
                        update rollout.approvals
                        set void_at = :now, void_reason = :reason
                        where id = :id
                        """)
                .param("now", Stored.utc(clock.instant()))
                .param("reason", reason)
                .param("id", approval.id())
                .update();
        audit.append(
                NextMoves.MACHINE,
                "rollout.approval-void",
                "rollout:" + approval.rollout(),
                Map.of("planSha256", approval.planHash(), "by", approval.by(), "why", reason));
    }

    private static Approval approval(RolloutId rollout, ResultSet row) throws SQLException {
        return new Approval(
                row.getLong("id"),
                rollout,
                row.getString("plan_sha256"),
                row.getString("plan"),
                row.getString("actor"),
                row.getString("reason"),
                Stored.instant(row, "at"),
                row.getObject("void_at") == null ? null : Stored.instant(row, "void_at"),
                row.getString("void_reason"));
    }
}
