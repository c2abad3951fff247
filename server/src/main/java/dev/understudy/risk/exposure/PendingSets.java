package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/// What hosts' package managers would install, each set with the hosts that have it.
final class PendingSets {
    private static final PendingSet NONE = new PendingSet(0, List.of());

    private final Map<Integer, Used> sets = new HashMap<>();
    private final Map<String, Set<Integer>> byCve = new HashMap<>();
    private final Set<Integer> mayBeUnused = new HashSet<>();

    private record Used(PendingSet set, RoaringBitmap hosts) {}

    Set<Integer> unknown(Collection<Integer> wanted) {
        Set<Integer> unknown = new HashSet<>(wanted);
        unknown.removeAll(sets.keySet());
        unknown.remove(0);
        return unknown;
    }

    void put(PendingSet set) {
        mayBeUnused.add(set.number());
        if (sets.putIfAbsent(set.number(), new Used(set, new RoaringBitmap())) == null) {
            for (PendingSet.Upgrade each : set.upgrades()) {
                each.cves()
                        .forEach(
                                cve ->
                                        byCve.computeIfAbsent(cve, _ -> new HashSet<>(2))
                                                .add(set.number()));
            }
        }
    }

    void move(int before, int after, int host) {
        if (before == after) {
            return;
        }
        Used left = sets.get(before);
        if (left != null) {
            left.hosts().remove(host);
            mayBeUnused.add(before);
        }
        if (after != 0) {
            Used joined = sets.get(after);
            if (joined == null) {
                throw new IllegalStateException(
                        "Pending set %d was not put before a host that has it.".formatted(after));
            }
            joined.hosts().add(host);
        }
    }

    /// Forgets the sets that no host has any more.
    void dropUnused() {
        for (int number : mayBeUnused) {
            Used used = sets.get(number);
            if (used != null && used.hosts().isEmpty()) {
                forget(used.set());
            }
        }
        mayBeUnused.clear();
    }

    private void forget(PendingSet set) {
        sets.remove(set.number());
        for (PendingSet.Upgrade each : set.upgrades()) {
            for (String cve : each.cves()) {
                Set<Integer> left = byCve.get(cve);
                if (left != null && left.remove(set.number()) && left.isEmpty()) {
                    byCve.remove(cve);
                }
            }
        }
    }

    PendingSet of(int number) {
        Used found = sets.get(number);
        return found == null ? NONE : found.set();
    }

    /// The hosts of the sets whose changelogs name the vulnerability.
    List<RoaringBitmap> naming(String cve) {
        List<RoaringBitmap> found = new ArrayList<>();
        for (int number : byCve.getOrDefault(cve, Set.of())) {
            Used set = sets.get(number);
            if (set != null) {
                found.add(set.hosts());
            }
        }
        return found;
    }

    /// The same, but for sets that would bring this version or an older one of the source: what
    /// their changelogs name is fixed once it is there.
    List<RoaringBitmap> namingBeside(
            String cve, String source, String version, Comparator<String> order) {
        List<RoaringBitmap> found = new ArrayList<>();
        for (int number : byCve.getOrDefault(cve, Set.of())) {
            Used set = sets.get(number);
            if (set != null
                    && set.set().upgrades().stream()
                            .filter(each -> each.cves().contains(cve))
                            .anyMatch(each -> !each.comesWith(source, version, order))) {
                found.add(set.hosts());
            }
        }
        return found;
    }

    /// Adds what changelogs say that this version of the source fixes.
    void fixedBy(String source, String version, Comparator<String> order, Collection<String> cves) {
        for (Used used : sets.values()) {
            for (PendingSet.Upgrade each : used.set().upgrades()) {
                if (each.comesWith(source, version, order)) {
                    cves.addAll(each.cves());
                }
            }
        }
    }

    void optimize() {
        sets.values().forEach(each -> each.hosts().runOptimize());
    }
}
