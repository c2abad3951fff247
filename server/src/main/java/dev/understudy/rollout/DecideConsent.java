package dev.understudy.rollout;

import dev.understudy.fleet.HostGlance;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policies;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.risk.CveVerdict;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchClass;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;

/// Looks up which class and which deadline each patch of a host has, and has its group's rules
/// decide how far the machine may go with it.
final class DecideConsent {
    /// For so many hosts each is looked at by itself; inventories are read so many at a time.
    private static final int FEW = 50;

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
    ///
    /// @param many whether most hosts of a group will be asked about
    Function<String, GroupTerms> groups(boolean many) {
        Map<String, GroupTerms> known = new HashMap<>();
        return group ->
                known.computeIfAbsent(
                        group,
                        name ->
                                new GroupTerms(
                                        policies.forGroup(name).autonomy(),
                                        autonomies.forGroup(name),
                                        many ? patches.forGroup(name)::get : patches::forHost));
    }

    /// How a group stands.
    ///
    /// @param needs what a host of it needs; null where that is not known
    record GroupTerms(
            Autonomy usual, GroupAutonomy own, Function<HostId, @Nullable List<HostPatch>> needs) {}

    /// One ruling for each patch of the plan.
    List<Ruling> of(HostId host, HostPlan plan, Inventory inventory, GroupTerms group) {
        List<HostPatch> needs = group.needs().apply(host);
        Map<PatchId, HostPatch> known =
                needs == null
                        ? Map.of()
                        : needs.stream()
                                .collect(
                                        Collectors.toMap(
                                                HostPatch::id, Function.identity(), (a, _) -> a));
        return plan.parts().stream()
                .map(part -> ruling(part, known.get(part.patch()), inventory, group))
                .toList();
    }

    private static Ruling ruling(
            HostPlan.Part part, @Nullable HostPatch known, Inventory inventory, GroupTerms group) {
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
        Function<String, GroupTerms> groups = groups(planned.size() > FEW);
        Map<HostId, HostGlance> known =
                hosts.glance(planned.stream().map(Deployment::host).toList());
        List<Ruling> all = new ArrayList<>();
        planned.stream()
                .filter(d -> d.plan() != null && d.untouched())
                .gather(Gatherers.windowFixed(FEW))
                .forEach(some -> all.addAll(rulings(some, known, groups)));
        return Consent.of(all, usual);
    }

    private List<Ruling> rulings(
            List<Deployment> some,
            Map<HostId, HostGlance> known,
            Function<String, GroupTerms> groups) {
        Map<HostId, Inventory> facts =
                inventories.latestFacts(some.stream().map(Deployment::host).toList());
        List<Ruling> all = new ArrayList<>();
        for (Deployment d : some) {
            Inventory inventory = facts.get(d.host());
            if (inventory == null) {
                throw new IllegalStateException(
                        "host %s has a plan and no inventory".formatted(d.host()));
            }
            String group = Objects.requireNonNull(known.get(d.host())).group();
            all.addAll(of(d.host(), d.getPlan(), inventory, groups.apply(group)));
        }
        return all;
    }
}
