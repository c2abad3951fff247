package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.FactChanges;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The assessments that still hold, and what of the advisories each depends on, so that an import
/// costs what it touches: a changed statement about a package drops what was matched on kinds of
/// hosts that have it; a changed fact about a vulnerability drops the order of their patches alone.
final class KeptAssessments {
    /// Kinds of hosts beyond that would be ranked anew at each look. One takes some kilobytes,
    /// since what they lack is shared.
    private static final int MOST = 65_536;

    private final Map<Kind, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Integer, Kept> byNumber = new HashMap<>();

    /// The numbers of those that depend on a CVE, or on a package as RELEASE/PACKAGE.
    private final Map<String, RoaringBitmap> dependents = new HashMap<>();

    private final Map<String, CveFacts> facts = new HashMap<>();
    private final KeptRanks ranks = new KeptRanks();
    private int lastNumber;
    private long generation = Long.MIN_VALUE;

    /// What hosts have in common that are assessed once.
    ///
    /// @param inventory see [dev.understudy.fleet.AlikeHosts]
    record Kind(
            String inventory, Exposure exposure, Criticality criticality, DeadlineTerms terms) {}

    /// What was matched.
    ///
    /// @param packages on whose statements that depends, as RELEASE/PACKAGE
    record Matched(MatchedHost lacks, Set<String> packages) {}

    /// @param ranked null where that has to be worked out again
    record Known(MatchedHost lacks, @Nullable List<HostPatch> ranked) {}

    private static final class Kept {
        private final Kind kind;
        private final int number;
        private final MatchedHost lacks;
        private @Nullable List<HostPatch> ranked;

        private Kept(Kind kind, int number, MatchedHost lacks) {
            this.kind = kind;
            this.number = number;
            this.lacks = lacks;
        }
    }

    synchronized long generation() {
        return generation;
    }

    /// Drops what no longer holds, unless another reader was faster.
    synchronized void follow(FactChanges.Since since) {
        if (since.everything()) {
            drop(List.copyOf(kept.values()));
        } else {
            drop(touched(since.packages()));
        }
        if (since.facts()) {
            facts.clear();
            kept.values().forEach(each -> each.ranked = null);
            ranks.clear();
        } else if (since.generation() <= generation) {
            return;
        } else {
            facts.keySet().removeAll(since.cves());
            touched(since.cves()).forEach(each -> each.ranked = null);
            ranks.drop(since.cves(), needs());
        }
        facts.keySet().retainAll(dependents.keySet());
        generation = since.generation();
    }

    private Set<MatchedHost.Need> needs() {
        Set<MatchedHost.Need> had = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.values().forEach(each -> had.addAll(each.lacks.needs()));
        return had;
    }

    private List<Kept> touched(Set<String> names) {
        RoaringBitmap numbers = new RoaringBitmap();
        for (String name : names) {
            RoaringBitmap having = dependents.get(name);
            if (having != null) {
                numbers.or(having);
            }
        }
        List<Kept> touched = new ArrayList<>();
        for (int number : numbers.toArray()) {
            touched.add(byNumber.get(number));
        }
        return touched;
    }

    private void drop(Collection<Kept> gone) {
        if (gone.isEmpty()) {
            return;
        }
        RoaringBitmap numbers = new RoaringBitmap();
        for (Kept each : gone) {
            numbers.add(each.number);
            byNumber.remove(each.number);
            kept.remove(each.kind);
        }
        dependents.values().forEach(having -> having.andNot(numbers));
        dependents.values().removeIf(RoaringBitmap::isEmpty);
    }

    synchronized Optional<Known> find(Kind kind) {
        return Optional.ofNullable(kept.get(kind)).map(each -> new Known(each.lacks, each.ranked));
    }

    /// Keeps it if nothing was followed since that generation.
    synchronized void keep(long asOf, Kind kind, Matched matched, List<HostPatch> ranked) {
        if (asOf == generation) {
            Kept known = kept.get(kind);
            if (known == null || !known.lacks.equals(matched.lacks())) {
                known = begin(kind, matched);
            }
            known.ranked = ranked;
        }
    }

    /// Keeps the order of what is kept if nothing was followed since that generation.
    synchronized void order(long asOf, Kind kind, MatchedHost lacks, List<HostPatch> ranked) {
        Kept known = kept.get(kind);
        if (asOf == generation && known != null && known.lacks.equals(lacks)) {
            known.ranked = ranked;
        }
    }

    /// What is known of needs on hosts of that kind; nothing if something was followed since that
    /// generation.
    synchronized IdentityHashMap<MatchedHost.Need, HostPatch> ranks(
            long asOf, Kind kind, List<MatchedHost.Need> needs) {
        return asOf == generation ? ranks.find(kind, needs) : new IdentityHashMap<>();
    }

    /// Keeps it if nothing was followed since that generation.
    synchronized void keepRanks(
            long asOf, Kind kind, IdentityHashMap<MatchedHost.Need, HostPatch> ranked) {
        if (asOf == generation) {
            ranks.keep(kind, ranked);
        }
    }

    private Kept begin(Kind kind, Matched matched) {
        Kept before = kept.get(kind);
        drop(before == null ? List.of() : List.of(before));
        if (kept.size() >= MOST) {
            drop(kept.values().stream().limit(MOST / 16).toList());
        }
        Kept begun = new Kept(kind, ++lastNumber, matched.lacks());
        kept.put(kind, begun);
        byNumber.put(begun.number, begun);
        matched.packages().forEach(name -> depend(name, begun));
        matched.lacks().cves().forEach(name -> depend(name, begun));
        return begun;
    }

    private void depend(String name, Kept on) {
        dependents.computeIfAbsent(name, _ -> new RoaringBitmap()).add(on.number);
    }

    /// Those of `cves` that nothing is known of in memory.
    synchronized Set<String> unknown(Set<String> cves) {
        Set<String> unknown = new HashSet<>(cves);
        unknown.removeAll(facts.keySet());
        return unknown;
    }

    /// What is known of `cves` in memory and by what was read of the others, which is kept if
    /// nothing was followed since that generation.
    synchronized Map<String, CveFacts> facts(
            long asOf, Set<String> cves, Map<String, CveFacts> read) {
        if (asOf == generation) {
            facts.putAll(read);
        }
        Map<String, CveFacts> known = new HashMap<>(read);
        for (String cve : cves) {
            CveFacts of = facts.get(cve);
            if (of != null) {
                known.putIfAbsent(cve, of);
            }
        }
        return known;
    }
}
