package dev.understudy.risk.exposure;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What changelogs told of one vulnerability, now or ever: the upgrades that name it, by the number
/// of the set that they are part of.
record Told(Map<Integer, List<PendingSet.Upgrade>> upgrades) {
    Told {
        upgrades = Map.copyOf(upgrades);
    }

    static Told of(List<PendingSet> naming, String cve) {
        return new Told(
                naming.stream()
                        .collect(
                                Collectors.toMap(
                                        PendingSet::number,
                                        set ->
                                                set.upgrades().stream()
                                                        .filter(each -> each.cves().contains(cve))
                                                        .toList())));
    }

    /// The upgrades of the set that name it, or those of the kernel alone.
    List<PendingSet.Upgrade> of(int set, boolean kernelOnly) {
        return upgrades.getOrDefault(set, List.of()).stream()
                .filter(each -> !kernelOnly || KnownAs.kernel(each.known()))
                .toList();
    }

    /// The sets that name it, or those that do for the kernel.
    Integer[] numbers(boolean kernelOnly) {
        return upgrades.keySet().stream()
                .filter(set -> !of(set, kernelOnly).isEmpty())
                .sorted()
                .toArray(Integer[]::new);
    }
}
