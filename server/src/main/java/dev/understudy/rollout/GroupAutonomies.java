package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// What each group lets the machine do, patch class by patch class.
public final class GroupAutonomies {
    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    public GroupAutonomies(
            Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    public GroupAutonomy forGroup(String group) {
        return database.sql(
                        """
                        select group_name, rules, veto_seconds, emergency_soak_seconds, triage,
                               triage_may_fail
                        from rollout.group_autonomy
                        where group_name = :group
                        """)
                .param("group", group)
                .query((row, _) -> read(row))
                .optional()
                .orElseGet(() -> GroupAutonomy.usual(group));
    }

    /// Those that somebody decided.
    public List<GroupAutonomy> decided() {
        return database.sql(
                        """
                        select group_name, rules, veto_seconds, emergency_soak_seconds, triage,
                               triage_may_fail
                        from rollout.group_autonomy
                        order by group_name
                        """)
                .query((row, _) -> read(row))
                .list();
    }

    public void put(String actor, GroupAutonomy wanted) {
        database.inTransaction(
                () -> {
                    store(wanted);
                    audit.append(
                            actor,
                            "rollout.autonomy-decided",
                            "group:" + wanted.group(),
                            Map.of("autonomy", Stored.json(wanted)));
                    outbox.publish(new AutonomyDecided(wanted));
                });
    }

    private void store(GroupAutonomy wanted) {
        Duration soak = wanted.emergencySoak();
        database.sql(
                        """
                        insert into rollout.group_autonomy
                            (group_name, rules, veto_seconds, emergency_soak_seconds, triage,
                             triage_may_fail, updated_at)
                        values (:group, :rules::jsonb, :veto, :soak, :triage, :mayFail, :now)
                        on conflict (group_name) do update
                        set rules = excluded.rules,
                            veto_seconds = excluded.veto_seconds,
                            emergency_soak_seconds = excluded.emergency_soak_seconds,
                            triage = excluded.triage,
                            triage_may_fail = excluded.triage_may_fail,
                            updated_at = excluded.updated_at
                        """)
                .param("group", wanted.group())
                .param("rules", Stored.json(wanted.rules()))
                .param("veto", wanted.veto().toSeconds())
                .param("soak", soak == null ? null : soak.toSeconds(), Types.BIGINT)
                .param("triage", wanted.triage().name())
                .param("mayFail", wanted.triageMayFail())
                .param("now", Stored.utc(clock.instant()))
                .update();
    }

    private static GroupAutonomy read(ResultSet row) throws SQLException {
        long soak = row.getLong("emergency_soak_seconds");
        boolean shorter = !row.wasNull();
        return new GroupAutonomy(
                row.getString("group_name"),
                List.of(Json.read(row.getString("rules"), AutonomyRule[].class)),
                Duration.ofSeconds(row.getLong("veto_seconds")),
                shorter ? Duration.ofSeconds(soak) : null,
                GroupAutonomy.Triage.valueOf(row.getString("triage")),
                row.getBoolean("triage_may_fail"));
    }
}
