package dev.understudy.rollout;

import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.risk.PatchId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What one host is to get, patch by patch, and what the host was like when this was planned.
///
/// @param extended whether changes that the host's package manager asked for were added; done once
/// @param shape the host's shape
/// @param activeUnits systemd units that were active, for comparison after the patch
public record HostPlan(List<Part> parts, boolean extended, String shape, List<String> activeUnits) {

    /// The binary packages of one source package at one version.
    public record Part(PatchId patch, List<PackageChange> changes) {
        public Part {
            changes = changes.stream().sorted().toList();
            if (changes.isEmpty()) {
                throw new IllegalArgumentException("patch %s changes nothing".formatted(patch));
            }
        }
    }

    public HostPlan {
        parts = List.copyOf(parts);
        activeUnits = List.copyOf(activeUnits);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a host's plan without patches");
        }
    }

    public Plan plan() {
        return new Plan(parts.stream().flatMap(part -> part.changes().stream()).toList());
    }

    /// The same with these patches only; empty if it has none of them.
    Optional<HostPlan> only(Set<PatchId> wanted) {
        List<Part> left = parts.stream().filter(part -> wanted.contains(part.patch())).toList();
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(new HostPlan(left, extended, shape, activeUnits));
    }

    public List<PatchId> patches() {
        return parts.stream().map(Part::patch).toList();
    }
}
