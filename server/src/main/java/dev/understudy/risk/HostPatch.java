package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A patch as one host needs it: the pending upgrades that bring one source version.
///
/// @param cves ids of what it fixes on this host, sorted; `evidence` tells each one's story
/// @param knownExploited whether any of them is known to be exploited; unknown without a feed that
///   could tell
/// @param deadline null where the class sets no date
/// @param priority expected loss avoided per unit of effort; orders patches of one class
/// @param sentence why it ranks where it does
/// @param security whether it fixes a vulnerability, or comes from the security archive
/// @param excepted why people leave all of it open for now; empty where they do not
/// @param blocked why the package manager holds changes of it back, by package; empty if it does
///   not
public record HostPatch(
        PatchId id,
        List<PackageChange> changes,
        List<String> cves,
        List<CveVerdict> evidence,
        Ternary knownExploited,
        DeadlineClass deadlineClass,
        @Nullable Deadline deadline,
        double priority,
        Hazard hazard,
        String sentence,
        boolean security,
        String excepted,
        List<BlockedChange> blocked,
        long downloadBytes) {

    /// A change that the package manager would not make now.
    public record BlockedChange(String packageName, Blocked why) {}

    public HostPatch {
        changes = changes.stream().sorted().toList();
        cves = cves.stream().distinct().sorted().toList();
        evidence = List.copyOf(evidence);
        blocked = List.copyOf(blocked);
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("the patch %s changes nothing".formatted(id));
        }
    }

    /// Whether the package manager would install all of it now.
    public boolean installable() {
        return blocked.isEmpty();
    }
}
