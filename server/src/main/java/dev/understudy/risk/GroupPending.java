package dev.understudy.risk;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.risk.exposure.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Groups a host's pending upgrades into patches, with the CVEs that each fixes there and who says
/// so: feeds that match the versions, and the changelogs of the candidates.
final class GroupPending {
    private static final String CHANGELOG = "changelog";

    private GroupPending() {}

    /// One patch before it is ranked.
    record Pending(PatchId id, List<PendingUpgrade> upgrades, List<Fixed> fixed) {
        boolean security() {
            return !fixed.isEmpty() || upgrades.stream().anyMatch(PendingUpgrade::security);
        }

        boolean changelogsRead() {
            return upgrades.stream().allMatch(PendingUpgrade::changelogRead);
        }
    }

    /// A CVE that a patch fixes.
    ///
    /// @param published when the earliest advisory of it was published; null where none says
    /// @param assumed what of the match is not known and counts as the worst case
    record Fixed(
            String cve, List<String> sources, @Nullable Instant published, List<String> assumed) {}

    /// @param match by the order of the host's package manager
    static List<Pending> group(
            String release, Inventory inventory, List<Finding> findings, MatchShape match) {
        Map<PatchId, List<PendingUpgrade>> byPatch = new TreeMap<>();
        for (PendingUpgrade each : inventory.pending()) {
            byPatch.computeIfAbsent(idOf(release, each), _ -> new ArrayList<>()).add(each);
        }
        return byPatch.entrySet().stream()
                .map(
                        patch ->
                                new Pending(
                                        patch.getKey(),
                                        patch.getValue(),
                                        fixed(patch.getValue(), inventory, findings, match)))
                .toList();
    }

    static PatchId idOf(String release, PendingUpgrade upgrade) {
        return new PatchId(release, upgrade.sourceName(), upgrade.sourceVersion());
    }

    private static List<Fixed> fixed(
            List<PendingUpgrade> upgrades,
            Inventory inventory,
            List<Finding> findings,
            MatchShape match) {
        Map<String, Set<String>> sources = new TreeMap<>();
        Map<String, Instant> published = new TreeMap<>();
        Map<String, Set<String>> assumed = new TreeMap<>();
        for (PendingUpgrade each : upgrades) {
            if (each.changelogRead()) {
                each.cves().forEach(cve -> add(sources, cve, CHANGELOG));
            }
        }
        List<InstalledPackage> installed = installed(upgrades, inventory);
        for (Finding finding : findings) {
            if (fixes(upgrades, installed, finding.advisory(), match)) {
                for (String cve : finding.advisory().cves()) {
                    add(sources, cve, finding.advisory().feed());
                    if (!finding.assumed().isEmpty()) {
                        add(assumed, cve, finding.assumed());
                    }
                    Instant at = finding.advisory().published();
                    if (at != null) {
                        published.merge(cve, at, (a, b) -> a.isBefore(b) ? a : b);
                    }
                }
            }
        }
        return sources.entrySet().stream()
                .map(
                        cve ->
                                new Fixed(
                                        cve.getKey(),
                                        List.copyOf(cve.getValue()),
                                        published.get(cve.getKey()),
                                        List.copyOf(assumed.getOrDefault(cve.getKey(), Set.of()))))
                .toList();
    }

    private static void add(Map<String, Set<String>> sources, String cve, String source) {
        sources.computeIfAbsent(cve, _ -> new TreeSet<>()).add(source);
    }

    /// Whether any of the packages to upgrade has the fault, and the candidate has the fix.
    private static boolean fixes(
            List<PendingUpgrade> upgrades,
            List<InstalledPackage> installed,
            Statement says,
            MatchShape match) {
        return upgrades.stream().anyMatch(each -> match.fixedBy(says, each))
                && installed.stream().anyMatch(each -> match.affects(says, each));
    }

    private static List<InstalledPackage> installed(
            List<PendingUpgrade> upgrades, Inventory inventory) {
        Set<String> wanted =
                upgrades.stream()
                        .map(each -> each.name() + ":" + each.architecture())
                        .collect(Collectors.toSet());
        return inventory.packages().stream()
                .filter(each -> wanted.contains(each.name() + ":" + each.architecture()))
                .toList();
    }

    /// What the host is affected by and no pending upgrade fixes.
    static List<Finding> unfixed(Inventory inventory, List<Finding> findings, MatchShape match) {
        return findings.stream()
                .filter(
                        finding ->
                                inventory.pending().stream()
                                        .noneMatch(each -> match.fixedBy(finding.advisory(), each)))
                .toList();
    }
}
