package dev.understudy.risk;

import dev.understudy.advisory.FeedCoverage;
import dev.understudy.advisory.Ternary;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How the fleet stands.
///
/// @param hosts how many hosts are assessed, that is, have sent an inventory
/// @param pendingPatches how many different patches any of them needs
/// @param cves how many different CVEs those fix
/// @param knownExploited how many of the CVEs are known exploited; null if nobody can tell
/// @param earliest null where nothing has a date, `earliestPatch` likewise
/// @param coverage what is known and what is not, in words
public record RiskSummary(
        int hosts,
        int hostsWithSecurityPatches,
        int pendingPatches,
        int securityPatches,
        int cves,
        @Nullable Integer knownExploited,
        @Nullable Deadline earliest,
        @Nullable PatchId earliestPatch,
        String coverage) {

    static RiskSummary of(List<Assessment> all, FeedCoverage coverage) {
        // Hosts of many kinds share what they need.
        Set<HostPatch> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        all.forEach(each -> distinct.addAll(each.patches()));
        List<HostPatch> patches =
                distinct.stream().sorted(Comparator.comparing(HostPatch::id)).toList();
        Map<String, Ternary> cves = new TreeMap<>();
        for (HostPatch patch : patches) {
            patch.evidence().forEach(each -> cves.put(each.cve(), each.exploited()));
        }
        long exploited = cves.values().stream().filter(Ternary.YES::equals).count();
        boolean unknown = exploited == 0 && !coverage.exploitation();
        HostPatch first =
                patches.stream()
                        .filter(patch -> patch.deadline() != null)
                        .min(Comparator.comparing(RiskSummary::deadline, BY_DUE))
                        .orElse(null);
        return new RiskSummary(
                hosts(all.stream()),
                hosts(
                        all.stream()
                                .filter(
                                        each ->
                                                each.patches().stream()
                                                        .anyMatch(HostPatch::security))),
                (int) patches.stream().map(HostPatch::id).distinct().count(),
                (int)
                        patches.stream()
                                .filter(HostPatch::security)
                                .map(HostPatch::id)
                                .distinct()
                                .count(),
                cves.size(),
                unknown ? null : (int) exploited,
                first == null ? null : first.deadline(),
                first == null ? null : first.id(),
                coverage.sentence());
    }

    private static int hosts(Stream<Assessment> some) {
        return some.mapToInt(Assessment::hosts).sum();
    }

    private static final Comparator<@Nullable Deadline> BY_DUE =
            Comparator.nullsLast(Comparator.comparing(Deadline::due));

    private static @Nullable Deadline deadline(HostPatch patch) {
        return patch.deadline();
    }
}
