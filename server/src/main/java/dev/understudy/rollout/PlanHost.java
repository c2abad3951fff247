package dev.understudy.rollout;

import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import dev.understudy.risk.PatchId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Works out what one host is to get: its pending upgrades that are wanted, grouped by patch so
/// that binary packages of one source come together, without what its package manager blocks and
/// what is quarantined.
final class PlanHost {
    private static final Pattern SOURCE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9+._-]{0,199}");
    private static final Pattern VERSION = Pattern.compile("[0-9a-zA-Z][0-9a-zA-Z.+~^_:-]{0,199}");

    private PlanHost() {}

    /// Empty if there is nothing for the host.
    static Optional<HostPlan> plan(
            Inventory inventory, Selection selection, Set<PatchId> quarantined) {
        Map<PatchId, List<PendingUpgrade>> patches = new TreeMap<>();
        for (PendingUpgrade pending : inventory.pending()) {
            patches.computeIfAbsent(patchOf(pending, inventory.platform()), _ -> new ArrayList<>())
                    .add(pending);
        }
        List<HostPlan.Part> parts = new ArrayList<>();
        patches.forEach(
                (patch, upgrades) -> {
                    boolean security = upgrades.stream().anyMatch(PendingUpgrade::security);
                    List<PackageChange> changes =
                            upgrades.stream()
                                    .filter(pending -> pending.blocked() == Blocked.NONE)
                                    .map(PendingUpgrade::change)
                                    .toList();
                    if (!changes.isEmpty()
                            && selection.wants(patch, security)
                            && !quarantined.contains(patch)) {
                        parts.add(new HostPlan.Part(patch, changes));
                    }
                });
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new HostPlan(parts, false, inventory.shapeDigest(), active(inventory)));
    }

    /// The plan with what the package manager needs besides; empty if it needs a removal, another
    /// version of a package that is in the plan, or a version that is quarantined.
    static Optional<HostPlan> extend(
            HostPlan plan,
            List<PackageChange> extra,
            Inventory inventory,
            Set<PatchId> quarantined) {
        Map<PatchId, List<PackageChange>> parts = new LinkedHashMap<>();
        plan.parts().forEach(part -> parts.put(part.patch(), new ArrayList<>(part.changes())));
        for (PackageChange change : extra) {
            if (change.to() == null || contradicts(plan, change)) {
                return Optional.empty();
            }
            PatchId patch = patchOf(change, inventory);
            if (quarantined.contains(patch)) {
                return Optional.empty();
            }
            List<PackageChange> changes = parts.computeIfAbsent(patch, _ -> new ArrayList<>());
            if (!changes.contains(change)) {
                changes.add(change);
            }
        }
        return Optional.of(
                new HostPlan(
                        parts.entrySet().stream()
                                .map(part -> new HostPlan.Part(part.getKey(), part.getValue()))
                                .toList(),
                        true,
                        plan.shape(),
                        plan.activeUnits()));
    }

    private static boolean contradicts(HostPlan plan, PackageChange extra) {
        return plan.parts().stream()
                .flatMap(part -> part.changes().stream())
                .anyMatch(
                        change ->
                                change.name().equals(extra.name())
                                        && change.architecture().equals(extra.architecture())
                                        && !change.equals(extra));
    }

    /// The patch that a pending upgrade belongs to. Source and version are the host's own words:
    /// where they cannot be, the binary package stands for its source.
    static PatchId patchOf(PendingUpgrade pending, Platform platform) {
        String release = platform.release();
        return SOURCE.matcher(pending.sourceName()).matches()
                        && VERSION.matcher(pending.sourceVersion()).matches()
                ? new PatchId(release, pending.sourceName(), pending.sourceVersion())
                : new PatchId(release, pending.name(), pending.candidateVersion());
    }

    /// A package that was not pending is its own patch: its source is not known here.
    private static PatchId patchOf(PackageChange change, Inventory inventory) {
        return inventory.pending().stream()
                .filter(pending -> pending.name().equals(change.name()))
                .filter(pending -> pending.candidateVersion().equals(change.to()))
                .findFirst()
                .map(pending -> patchOf(pending, inventory.platform()))
                .orElseGet(
                        () ->
                                new PatchId(
                                        inventory.platform().release(),
                                        change.name(),
                                        String.valueOf(change.to())));
    }

    private static List<String> active(Inventory inventory) {
        return inventory.services().stream()
                .filter(service -> service.active().equals("active"))
                .map(ServiceState::unit)
                .toList();
    }
}
