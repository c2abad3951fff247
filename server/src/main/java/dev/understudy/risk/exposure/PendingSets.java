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

/// What hosts' package managers would install, each set with the hosts that have it, and with those
/// that still run what its upgrades replaced.
final class PendingSets {
    private static final PendingSet NONE = new PendingSet(0, List.of());

    private final Map<Integer, Used> sets = new HashMap<>();
    private final Map<String, Set<Integer>> byCve = new HashMap<>();
    private final Map<String, Set<Integer>> byPackage = new HashMap<>();
    private final Set<Integer> mayBeUnused = new HashSet<>();

    /// @param held hosts that still run what was told of with this set; `heldKernel` the kernel
    ///   only
    record Used(PendingSet set, RoaringBitmap hosts, RoaringBitmap held, RoaringBitmap heldKernel) {
        private static Used of(PendingSet set) {
            return new Used(set, new RoaringBitmap(), new RoaringBitmap(), new RoaringBitmap());
        }

        private boolean unused() {
            return hosts.isEmpty() && held.isEmpty() && heldKernel.isEmpty();
        }

        /// The hosts that have the upgrade before them, or still run what it replaced.
        RoaringBitmap hosts(PendingSet.Upgrade upgrade) {
            return ExposureIndex.union(
                    KnownAs.kernel(upgrade.known())
                            ? List.of(hosts, held, heldKernel)
                            : List.of(hosts, held));
        }
    }

    Set<Integer> unknown(Collection<Integer> wanted) {
        Set<Integer> unknown = new HashSet<>(wanted);
        unknown.removeAll(sets.keySet());
        unknown.remove(0);
        return unknown;
    }

    void put(PendingSet set) {
        mayBeUnused.add(set.number());
        if (sets.putIfAbsent(set.number(), Used.of(set)) == null) {
            for (PendingSet.Upgrade each : set.upgrades()) {
                each.cves().forEach(cve -> add(byCve, cve, set.number()));
                add(byPackage, each.known(), set.number());
                each.binaries()
                        .forEach(one -> add(byPackage, KnownAs.binary(one.name()), set.number()));
            }
        }
    }

    private static void add(Map<String, Set<Integer>> map, String key, int number) {
        map.computeIfAbsent(key, _ -> new HashSet<>(2)).add(number);
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
            get(after).hosts().add(host);
        }
    }

    void hold(List<HostFacts.Held> before, List<HostFacts.Held> after, int host) {
        for (HostFacts.Held each : before) {
            if (each.told() != 0) {
                held(each).remove(host);
                mayBeUnused.add(each.told());
            }
        }
        for (HostFacts.Held each : after) {
            if (each.told() != 0) {
                held(each).add(host);
            }
        }
    }

    private RoaringBitmap held(HostFacts.Held by) {
        return by.kernelOnly() ? get(by.told()).heldKernel() : get(by.told()).held();
    }

    private Used get(int number) {
        Used used = sets.get(number);
        if (used == null) {
            throw new IllegalStateException(
                    "Pending set %d was not put before a host that has it.".formatted(number));
        }
        return used;
    }

    /// Forgets the sets that no host has any more.
    void dropUnused() {
        for (int number : mayBeUnused) {
            Used used = sets.get(number);
            if (used != null && used.unused()) {
                forget(used.set());
            }
        }
        mayBeUnused.clear();
    }

    private void forget(PendingSet set) {
        sets.remove(set.number());
        for (PendingSet.Upgrade each : set.upgrades()) {
            each.cves().forEach(cve -> remove(byCve, cve, set.number()));
            remove(byPackage, each.known(), set.number());
            each.binaries()
                    .forEach(one -> remove(byPackage, KnownAs.binary(one.name()), set.number()));
        }
    }

    private static void remove(Map<String, Set<Integer>> map, String key, int number) {
        Set<Integer> left = map.get(key);
        if (left != null && left.remove(number) && left.isEmpty()) {
            map.remove(key);
        }
    }

    PendingSet of(int number) {
        Used found = sets.get(number);
        return found == null ? NONE : found.set();
    }

    /// The sets with an upgrade of the package, a source or a binary one, as statements name it.
    List<Used> with(String name) {
        return some(byPackage.getOrDefault(name, Set.of()));
    }

    /// What any of them has an upgrade of, as statements name it.
    Set<String> packages() {
        return byPackage.keySet();
    }

    private List<Used> some(Set<Integer> numbers) {
        return numbers.stream().sorted().map(this::get).toList();
    }

    /// The hosts of the sets whose changelogs name the vulnerability.
    List<RoaringBitmap> naming(String cve) {
        List<RoaringBitmap> found = new ArrayList<>();
        for (Used set : some(byCve.getOrDefault(cve, Set.of()))) {
            for (PendingSet.Upgrade each : set.set().upgrades()) {
                if (each.cves().contains(cve)) {
                    found.add(set.hosts(each));
                }
            }
        }
        return found;
    }

    /// The same, but for sets that would bring this version or an older one of the source: what
    /// their changelogs name is fixed once it is there.
    List<RoaringBitmap> namingBeside(
            String cve, String source, String version, Comparator<String> order) {
        List<RoaringBitmap> found = new ArrayList<>();
        for (Used set : some(byCve.getOrDefault(cve, Set.of()))) {
            for (PendingSet.Upgrade each : set.set().upgrades()) {
                if (each.cves().contains(cve) && !each.comesWith(source, version, order)) {
                    found.add(set.hosts(each));
                }
            }
        }
        return found;
    }

    /// Adds what changelogs say that this version of the source fixes.
    void fixedBy(String source, String version, Comparator<String> order, Collection<String> cves) {
        for (Used used : with(source)) {
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
