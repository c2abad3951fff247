package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.risk.PatchId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Finds the hosts of a group that cannot know yet of a patch that others of it are to get, since
/// their package lists are older than the first that named it. Keeps of each host its date only: a
/// group may be large.
final class Laggards {
    private record Dated(Host host, Instant lists) {}

    private final List<Dated> seen = new ArrayList<>();
    private final Map<PatchId, Instant> firstNamed = new HashMap<>();

    /// @param patches what the host is to get
    void see(Host host, Instant lists, List<PatchId> patches) {
        seen.add(new Dated(host, lists));
        patches.forEach(patch -> firstNamed.merge(patch, lists, Laggards::earlier));
    }

    /// @param look a host's inventory, asked for only where its lists are old
    List<Host> find(Function<HostId, Optional<Inventory>> look) {
        Optional<Instant> newest = firstNamed.values().stream().max(Comparator.naturalOrder());
        if (newest.isEmpty()) {
            return List.of();
        }
        return seen.stream()
                .filter(one -> one.lists().isBefore(newest.get()))
                .filter(
                        one ->
                                look.apply(one.host().id())
                                        .filter(inventory -> lags(inventory, one.lists()))
                                        .isPresent())
                .map(Dated::host)
                .toList();
    }

    /// Whether it has the source package of a patch in another version and was not told of the
    /// patch.
    private boolean lags(Inventory inventory, Instant lists) {
        Set<PatchId> told =
                inventory.pending().stream()
                        .map(pending -> PlanHost.patchOf(pending, inventory.platform()))
                        .collect(Collectors.toSet());
        Map<String, String> installed = new HashMap<>();
        inventory.packages().forEach(one -> installed.put(one.sourceName(), one.sourceVersion()));
        return firstNamed.entrySet().stream()
                .filter(named -> lists.isBefore(named.getValue()))
                .map(Map.Entry::getKey)
                .filter(patch -> patch.release().equals(inventory.platform().release()))
                .filter(patch -> !told.contains(patch))
                .anyMatch(
                        patch ->
                                installed.containsKey(patch.source())
                                        && !patch.version().equals(installed.get(patch.source())));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
