package dev.understudy.rollout;

import dev.understudy.fleet.Inventories;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Plan;
import java.util.Set;

/// Works out the plan that a person wants to see rehearsed on one host. Quarantined versions are
/// not left out: a rehearsal harms nobody, and may show that a version is well again.
public final class ChoosePlan {
    private final Inventories inventories;

    public ChoosePlan(Inventories inventories) {
        this.inventories = inventories;
    }

    /// @throws Problem if the host has sent no inventory yet, or nothing of it is pending there
    public Plan plan(HostId host, Selection selection) {
        Inventory inventory =
                inventories
                        .latest(host)
                        .orElseThrow(
                                () ->
                                        Problem.conflict(
                                                "inventory-missing",
                                                "Host %s has not sent an inventory yet."
                                                        .formatted(host)));
        return PlanHost.plan(inventory, selection, Set.of())
                .map(HostPlan::plan)
                .orElseThrow(
                        () ->
                                Problem.conflict(
                                        "nothing-pending",
                                        "Nothing that was chosen is pending and unblocked on host"
                                                + " %s.".formatted(host)));
    }
}
