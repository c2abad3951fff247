package dev.understudy.risk;

import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/// What was made of each need on hosts of which the same counts: it is worked out once, however
/// many kinds of hosts have the need. Needs are told apart as the objects that they are; see
/// [SharedValues].
final class KeptRanks {
    private final Map<Counts, IdentityHashMap<MatchedHost.Need, HostPatch>> kept = new HashMap<>();

    /// What of a host counts beside its needs.
    private record Counts(Exposure exposure, Criticality criticality, DeadlineTerms terms) {
        static Counts of(KeptAssessments.Kind kind) {
            return new Counts(kind.exposure(), kind.criticality(), kind.terms());
        }
    }

    /// Those of the needs that are known.
    IdentityHashMap<MatchedHost.Need, HostPatch> find(
            KeptAssessments.Kind kind, Collection<MatchedHost.Need> needs) {
        IdentityHashMap<MatchedHost.Need, HostPatch> found = new IdentityHashMap<>();
        IdentityHashMap<MatchedHost.Need, HostPatch> known = kept.get(Counts.of(kind));
        if (known != null) {
            for (MatchedHost.Need need : needs) {
                HostPatch patch = known.get(need);
                if (patch != null) {
                    found.put(need, patch);
                }
            }
        }
        return found;
    }

    void keep(KeptAssessments.Kind kind, IdentityHashMap<MatchedHost.Need, HostPatch> ranked) {
        kept.computeIfAbsent(Counts.of(kind), _ -> new IdentityHashMap<>()).putAll(ranked);
    }

    /// Drops those that depend on any of the CVEs, and those of needs that nobody has any more.
    ///
    /// @param had told apart as the objects that they are
    void drop(Set<String> cves, Set<MatchedHost.Need> had) {
        for (IdentityHashMap<MatchedHost.Need, HostPatch> each : kept.values()) {
            each.keySet()
                    .removeIf(
                            need ->
                                    !had.contains(need)
                                            || need.pending().fixed().stream()
                                                    .anyMatch(fix -> cves.contains(fix.cve())));
        }
        kept.values().removeIf(IdentityHashMap::isEmpty);
    }

    void clear() {
        kept.clear();
    }
}
