package dev.understudy.risk;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// By which rule each group's deadlines are set.
public final class DeadlineRules {
    private final Database database;
    private final AuditTrail audit;

    public DeadlineRules(Database database, AuditTrail audit) {
        this.database = database;
        this.audit = audit;
    }

    /// The rules that were decided, by group; the empty name is for groups without their own.
    public Map<String, DeadlineRule> decided() {
        Map<String, DeadlineRule> rules = new TreeMap<>();
        database.sql("select * from risk.deadline_rules")
                .query(
                        row -> {
                            rules.put(row.getString("group_name"), read(row));
                        });
        return rules;
    }

    /// Decides the rule of a group, or of all groups without their own.
    public void put(String actor, String group, DeadlineRule rule) {
        database.inTransaction(
                () -> {
                    database.sql(
                                    """
                                    insert into risk.deadline_rules
                                        (group_name, standard, days, business_days, holidays)
                                    values (:group, :standard, :days::int[], :business,
                                            :holidays::date[])
                                    on conflict (group_name) do update
                                    set standard = excluded.standard, days = excluded.days,
                                        business_days = excluded.business_days,
                                        holidays = excluded.holidays
                                    """)
                            .param("group", group)
                            .param("standard", rule.standard().name())
                            .param("days", rule.days().toArray(Integer[]::new))
                            .param("business", rule.businessDays())
                            .param(
                                    "holidays",
                                    rule.holidays().stream()
                                            .map(LocalDate::toString)
                                            .toArray(String[]::new))
                            .update();
                    audit.append(
                            actor,
                            "risk.deadline-rule-decided",
                            group.isEmpty() ? "fleet" : group,
                            Map.of(
                                    "standard", rule.standard().name(),
                                    "days", rule.days().toString(),
                                    "businessDays", String.valueOf(rule.businessDays())));
                });
    }

    private static DeadlineRule read(ResultSet row) throws SQLException {
        return new DeadlineRule(
                DeadlineRule.Standard.valueOf(row.getString("standard")),
                List.of((Integer[]) row.getArray("days").getArray()),
                row.getBoolean("business_days"),
                Arrays.stream((Date[]) row.getArray("holidays").getArray())
                        .map(Date::toLocalDate)
                        .toList());
    }
}
