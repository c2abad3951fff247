package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// The policy of each group. A group without one is only observed.
public final class Policies {
    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    public Policies(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    public Policy forGroup(String group) {
        return database.sql(
                        """
                        select group_name, autonomy, canaries, soak_seconds, percent_per_wave, reboot,
                               gate, harmless_percent, harmful_percent, miss_percent,
                               false_halt_percent, limit_percent, shown_percent,
                               rehearse, leave_out_percent
                        from   governance.policy
                        where  group_name = :group
                        """)
                .param("group", group)
                .query((row, _) -> policy(row))
                .optional()
                .orElseGet(() -> Policy.undecided(group));
    }

    /// The policies that somebody decided.
    public List<Policy> decided() {
        return database.sql(
                        """
                        select group_name, autonomy, canaries, soak_seconds, percent_per_wave, reboot,
                               gate, harmless_percent, harmful_percent, miss_percent,
                               false_halt_percent, limit_percent, shown_percent,
                               rehearse, leave_out_percent
                        from   governance.policy
                        order by group_name
                        """)
                .query((row, _) -> policy(row))
                .list();
    }

    /// Decides the policy of its group.
    public void put(String actor, Policy policy) {
        database.inTransaction(
                () -> {
                    store(policy);
                    audit.append(
                            actor,
                            "governance.policy-changed",
                            policy.group(),
                            Map.of(
                                    "autonomy", policy.autonomy().name(),
                                    "canaries", Integer.toString(policy.canaries()),
                                    "soak", policy.soak().toString(),
                                    "percentPerWave", Integer.toString(policy.percentPerWave()),
                                    "reboot", policy.reboot().name(),
                                    "proof", policy.proof().toString(),
                                    "trials", policy.trials().toString()));
                    outbox.publish(new PolicyChanged(policy));
                });
    }

    private void store(Policy policy) {
        database.sql(
                        """
                        insert into governance.policy
                               (group_name, autonomy, canaries, soak_seconds, percent_per_wave,
                                reboot, gate, harmless_percent, harmful_percent, miss_percent,
                                false_halt_percent, limit_percent, shown_percent, rehearse,
                                leave_out_percent, updated_at)
                        values (:group, :autonomy, :canaries, :soak, :percent, :reboot, :gate,
                                :harmless, :harmful, :miss, :falseHalt, :limit, :shown, :rehearse, :leaveOut,
                                :now)
                        on conflict (group_name) do update
                        set    autonomy = excluded.autonomy,
                               canaries = excluded.canaries,
                               soak_seconds = excluded.soak_seconds,
                               percent_per_wave = excluded.percent_per_wave,
                               reboot = excluded.reboot,
                               gate = excluded.gate,
                               harmless_percent = excluded.harmless_percent,
                               harmful_percent = excluded.harmful_percent,
                               miss_percent = excluded.miss_percent,
                               false_halt_percent = excluded.false_halt_percent,
                               limit_percent = excluded.limit_percent,
                               shown_percent = excluded.shown_percent,
                               rehearse = excluded.rehearse,
                               leave_out_percent = excluded.leave_out_percent,
                               updated_at = excluded.updated_at
                        """)
                .param("group", policy.group())
                .param("autonomy", policy.autonomy().name())
                .param("canaries", policy.canaries())
                .param("soak", policy.soak().toSeconds())
                .param("percent", policy.percentPerWave())
                .param("reboot", policy.reboot().name())
                .param("gate", policy.proof().gate().name())
                .param("harmless", policy.proof().harmlessPercent())
                .param("harmful", policy.proof().harmfulPercent())
                .param("miss", policy.proof().missPercent())
                .param("falseHalt", policy.proof().falseHaltPercent())
                .param("limit", policy.proof().limitPercent())
                .param("shown", policy.proof().shownPercent())
                .param("rehearse", policy.trials().who().name())
                .param("leaveOut", policy.trials().leaveOutPercent())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    private static Policy policy(ResultSet row) throws SQLException {
        return new Policy(
                row.getString("group_name"),
                Autonomy.valueOf(row.getString("autonomy")),
                row.getInt("canaries"),
                Duration.ofSeconds(row.getLong("soak_seconds")),
                row.getInt("percent_per_wave"),
                RebootPolicy.valueOf(row.getString("reboot")),
                new Proof(
                        Proof.Gate.valueOf(row.getString("gate")),
                        row.getDouble("harmless_percent"),
                        row.getDouble("harmful_percent"),
                        row.getDouble("miss_percent"),
                        row.getDouble("false_halt_percent"),
                        row.getDouble("limit_percent"),
                        row.getDouble("shown_percent")),
                new Trials(
                        Trials.Who.valueOf(row.getString("rehearse")),
                        row.getDouble("leave_out_percent")));
    }
}
