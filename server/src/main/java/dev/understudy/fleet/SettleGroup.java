package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Policy;
import dev.understudy.platform.Database;
import java.util.Map;
import java.util.Optional;

/// Makes or changes a group, and its policy with it.
public final class SettleGroup {
    private final Database database;
    private final Groups groups;
    private final Policies policies;
    private final AuditTrail audit;

    public SettleGroup(Database database, Groups groups, Policies policies, AuditTrail audit) {
        this.database = database;
        this.groups = groups;
        this.policies = policies;
        this.audit = audit;
    }

    /// Sets the group as given; its policy only where one is given.
    public void put(String actor, Group group, Optional<Policy> policy) {
        database.inTransaction(
                () -> {
                    if (!groups.find(group.name()).equals(Optional.of(group))) {
                        groups.put(group);
                        audit.append(
                                actor,
                                "fleet.group-changed",
                                "group:" + group.name(),
                                Map.of(
                                        "environment", group.environment().name(),
                                        "criticality", group.criticality().name(),
                                        "exposure", group.exposure().name()));
                    }
                    policy.ifPresent(decided -> policies.put(actor, decided));
                });
    }
}
