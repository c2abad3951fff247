package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How much may be in work at once. Every change is in the audit trail, and waits until no orders
/// are being issued that were counted by what was before.
public final class WorkLimits {
    private final Database database;
    private final Groups groups;
    private final AuditTrail audit;

    public WorkLimits(Database database, Groups groups, AuditTrail audit) {
        this.database = database;
        this.groups = groups;
        this.audit = audit;
    }

    /// All limits.
    ///
    /// @param budgets how many hosts of each group may be in work at once; the fleet's is under the
    ///   empty name
    /// @param applies how many applies may be under way at once; null for no limit
    /// @param rehearsals the same for rehearsals
    public record Limits(
            Map<String, Share> budgets, @Nullable Integer applies, @Nullable Integer rehearsals) {
        /// Nothing is limited.
        public static final Limits NONE = new Limits(Map.of(), null, null);

        public Limits {
            budgets = Map.copyOf(budgets);
        }
    }

    public Limits current() {
        return read(database);
    }

    static Limits read(Database database) {
        Map<String, Share> budgets = new TreeMap<>();
        database.sql("select group_name, most from fleet.disruption_budgets")
                .query(
                        (row, _) ->
                                budgets.put(
                                        row.getString("group_name"),
                                        Share.parse(row.getString("most"))))
                .list();
        return database.sql("select applies, rehearsals from fleet.work_capacity")
                .query(
                        (row, _) ->
                                new Limits(
                                        budgets, count(row, "applies"), count(row, "rehearsals")))
                .single();
    }

    private static @Nullable Integer count(ResultSet row, String column) throws SQLException {
        int count = row.getInt(column);
        return row.wasNull() ? null : count;
    }

    /// Sets the disruption budget of a group, or of the fleet where `group` is empty.
    ///
    /// @param most null to lift it
    public void budget(String actor, String group, @Nullable Share most) {
        if (!group.isEmpty() && groups.find(group).isEmpty()) {
            throw Problem.notFound(
                    "group-not-found",
                    "There is no group '%s'. See: understudy groups".formatted(group));
        }
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    database.sql(
                                    """
                                    delete from fleet.disruption_budgets
                                    where group_name = :group
                                    """)
                            .param("group", group)
                            .update();
                    if (most != null) {
                        database.sql(
                                        """
                                        insert into fleet.disruption_budgets (group_name, most)
                                        values (:group, :most)
                                        """)
                                .param("group", group)
                                .param("most", most.toString())
                                .update();
                    }
                    audit.append(
                            actor,
                            "fleet.disruption-budget-changed",
                            group.isEmpty() ? "fleet" : "group:" + group,
                            Map.of("most", most == null ? "no limit" : most.toString()));
                });
    }

    /// Sets how many applies and rehearsals may be under way at once; null for no limit.
    public void capacity(String actor, @Nullable Integer applies, @Nullable Integer rehearsals) {
        require(applies, "applies");
        require(rehearsals, "rehearsals");
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    database.sql(
                                    """
                                    update fleet.work_capacity
                                    set applies = :applies, rehearsals = :rehearsals
                                    """)
                            .param("applies", applies, Types.INTEGER)
                            .param("rehearsals", rehearsals, Types.INTEGER)
                            .update();
                    audit.append(
                            actor,
                            "fleet.work-capacity-changed",
                            "fleet",
                            Map.of("applies", text(applies), "rehearsals", text(rehearsals)));
                });
    }

    private static void require(@Nullable Integer count, String what) {
        if (count != null && count < 1) {
            throw Problem.invalid(
                    "capacity-invalid",
                    "%d %s at once is no capacity. Give a number from 1, or leave it out for no limit; to let nothing begin, use a freeze."
                            .formatted(count, what));
        }
    }

    private static String text(@Nullable Integer count) {
        return count == null ? "no limit" : count.toString();
    }
}
