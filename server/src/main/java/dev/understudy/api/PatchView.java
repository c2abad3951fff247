package dev.understudy.api;

import dev.understudy.advisory.Ternary;
import dev.understudy.protocol.PackageChange;
import dev.understudy.risk.CveVerdict;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.Hazard;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.RankedPatch;
import dev.understudy.risk.Reason;
import dev.understudy.risk.Unpatched;
import dev.understudy.rollout.Quarantine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Patches as the API shows them: the name of a patch is one text.
final class PatchView {
    private PatchView() {}

    /// A patch as one host needs it.
    record OfHost(
            String id,
            List<PackageChange> changes,
            List<String> cves,
            Ternary knownExploited,
            DeadlineClass deadlineClass,
            @Nullable Deadline deadline,
            double priority,
            String sentence,
            boolean security,
            List<HostPatch.BlockedChange> blocked,
            List<CveVerdict> evidence,
            Hazard hazard,
            long downloadBytes) {
        static OfHost of(HostPatch patch) {
            return new OfHost(
                    patch.id().toString(),
                    patch.changes(),
                    patch.cves(),
                    patch.knownExploited(),
                    patch.deadlineClass(),
                    patch.deadline(),
                    patch.priority(),
                    patch.sentence(),
                    patch.security(),
                    patch.blocked(),
                    patch.evidence(),
                    patch.hazard(),
                    patch.downloadBytes());
        }
    }

    /// A patch as the fleet needs it.
    ///
    /// @param quarantined why no host may get it; null where hosts may
    record OfFleet(
            String id,
            int hosts,
            List<String> packages,
            List<String> cves,
            Ternary knownExploited,
            DeadlineClass deadlineClass,
            @Nullable Deadline deadline,
            double priority,
            String sentence,
            boolean security,
            @Nullable String quarantined) {
        static OfFleet of(RankedPatch patch, List<Quarantine.Entry> locked) {
            return new OfFleet(
                    patch.id().toString(),
                    patch.hosts(),
                    patch.packages(),
                    patch.cves(),
                    patch.knownExploited(),
                    patch.deadlineClass(),
                    patch.deadline(),
                    patch.priority(),
                    patch.sentence(),
                    patch.security(),
                    locked.stream()
                            .filter(each -> each.patch().equals(patch.id()))
                            .map(Quarantine.Entry::reason)
                            .findFirst()
                            .orElse(null));
        }
    }

    static final Columns<OfFleet> COLUMNS =
            new Columns<OfFleet>()
                    .with("patch", OfFleet::id)
                    .with("class", OfFleet::deadlineClass)
                    .with("due", each -> each.deadline() == null ? null : each.deadline().due())
                    .with("due_for", each -> each.deadline() == null ? null : each.deadline().cve())
                    .with("known_exploited", OfFleet::knownExploited)
                    .with("hosts", OfFleet::hosts)
                    .with("priority", OfFleet::priority)
                    .with("security", OfFleet::security)
                    .with("packages", each -> String.join(" ", each.packages()))
                    .with("cves", each -> String.join(" ", each.cves()))
                    .with("quarantined", OfFleet::quarantined)
                    .with("sentence", OfFleet::sentence);

    /// Something that is not patched, and why.
    record Why(
            String packageName,
            String architecture,
            String installedVersion,
            @Nullable String candidateVersion,
            @Nullable String patch,
            List<String> cves,
            Reason reason) {
        static Why ofWholeHost(Reason reason) {
            return new Why("", "", "", null, null, List.of(), reason);
        }

        static Why of(Unpatched unpatched) {
            return new Why(
                    unpatched.packageName(),
                    unpatched.architecture(),
                    unpatched.installedVersion(),
                    unpatched.candidateVersion(),
                    unpatched.patch() == null ? null : unpatched.patch().toString(),
                    unpatched.cves(),
                    unpatched.reason());
        }
    }
}
