package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A patch as the fleet needs it.
///
/// @param hosts how many need it; who they are, [dev.understudy.risk.exposure.PatchHosts] tells
/// @param deadline the earliest of any host; null where no host has one
/// @param priority the sum over the hosts
/// @param sentence of the most urgent host, with the number of hosts
public record RankedPatch(
        PatchId id,
        int hosts,
        List<String> packages,
        List<String> cves,
        Ternary knownExploited,
        DeadlineClass deadlineClass,
        @Nullable Deadline deadline,
        double priority,
        String sentence,
        boolean security) {
    public RankedPatch {
        packages = List.copyOf(packages);
        cves = List.copyOf(cves);
    }
}
