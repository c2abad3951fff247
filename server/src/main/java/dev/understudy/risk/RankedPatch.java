package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import dev.understudy.protocol.HostId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A patch as the fleet needs it.
///
/// @param hosts who needs it, the most urgent first
/// @param deadline the earliest of any host; null where no host has one
/// @param priority the sum over the hosts
/// @param sentence of the most urgent host, with the number of hosts
public record RankedPatch(
        PatchId id,
        List<HostId> hosts,
        List<String> packages,
        List<String> cves,
        Ternary knownExploited,
        DeadlineClass deadlineClass,
        @Nullable Deadline deadline,
        double priority,
        String sentence,
        boolean security) {
    public RankedPatch {
        hosts = List.copyOf(hosts);
        packages = List.copyOf(packages);
        cves = List.copyOf(cves);
    }
}
