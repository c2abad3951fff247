package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policies;
import dev.understudy.protocol.Inventory;
import dev.understudy.risk.CveVerdict;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchClass;
import dev.understudy.risk.Patches;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Looks up which class and which deadline each patch of a host has, and has its group's rules
/// decide how far the machine may go with it.
final class DecideConsent {
    private final Policies policies;
    private final GroupAutonomies autonomies;
    private final Hosts hosts;
    private final Inventories inventories;
    private final Patches patches;

    DecideConsent(
            Policies policies,
            GroupAutonomies autonomies,
            Hosts hosts,
            Inventories inventories,
            Patches patches) {
        this.policies = policies;
        this.autonomies = autonomies;
        this.hosts = hosts;
        this.inventories = inventories;
        this.patches = patches;
    }

    /// Groups as they are now, so that many hosts of one group cost one look.
    Function<String, GroupTerms> groups() {
        Map<String, GroupTerms> known = new java.util.HashMap<>();
        return group ->
                known.computeIfAbsent(
                        group,
                        name ->
                                new GroupTerms(
                                        policies.forGroup(name).autonomy(),
                                        autonomies.forGroup(name)));
    }

    /// How a group stands.
    record GroupTerms(Autonomy usual, GroupAutonomy own) {}

    /// One ruling for each patch of the plan.
    List<Ruling> of(Host host, HostPlan plan, GroupTerms group) {
        Inventory inventory =
                inventories
                        .latestFacts(host.id())
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "%s has a plan and no inventory"
                                                        .formatted(host.name())));
        Map<dev.understudy.risk.PatchId, HostPatch> known =
                patches.forHost(host.id()).stream()
                        .collect(Collectors.toMap(HostPatch::id, Function.identity(), (a, _) -> a));
        return plan.parts().stream()
                .map(part -> ruling(part, known.get(part.patch()), inventory, group))
                .toList();
    }

    private static Ruling ruling(
            HostPlan.Part part,
            @org.jspecify.annotations.Nullable HostPatch known,
            Inventory inventory,
            GroupTerms group) {
        PatchClass patchClass = PatchClass.of(part.patch().source(), part.changes(), inventory);
        DeadlineClass deadline = known == null ? DeadlineClass.NONE : known.deadlineClass();
        GroupAutonomy.Decided decided = group.own().decide(patchClass, deadline, group.usual());
        return new Ruling(
                part.patch(),
                patchClass,
                deadline,
                known != null && known.evidence().stream().anyMatch(CveVerdict::triageFirst),
                decided.autonomy(),
                decided.veto(),
                decided.rule());
    }

    /// The consent that the hosts of a rollout ask for, as they are planned now.
    ///
    /// @param usual what holds where nothing is planned
    Consent of(List<Deployment> planned, Consent usual) {
        Function<String, GroupTerms> groups = groups();
        List<Ruling> all = new ArrayList<>();
        for (Deployment d : planned) {
            HostPlan plan = d.plan();
            if (plan != null && d.untouched()) {
                Host host = hosts.get(d.host());
                all.addAll(of(host, plan, groups.apply(host.group())));
            }
        }
        return Consent.of(all, usual);
    }
}
