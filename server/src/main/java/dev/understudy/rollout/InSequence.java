package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps hosts out of waves before those of the hosts that they come after; else a wave would wait
/// for a later one.
final class InSequence {
    private InSequence() {}

    /// Puts hosts into later waves where they have to be.
    ///
    /// @param before the hosts that come before each; without a circle
    static void raise(Map<HostId, Integer> waves, Map<HostId, Set<HostId>> before) {
        Map<HostId, List<HostId>> followers = new HashMap<>();
        Map<HostId, Integer> open = new HashMap<>();
        before.forEach(
                (host, others) ->
                        others.forEach(
                                other -> {
                                    followers
                                            .computeIfAbsent(other, _ -> new ArrayList<>())
                                            .add(host);
                                    open.merge(host, 1, Integer::sum);
                                }));
        Deque<HostId> settled = new ArrayDeque<>();
        Map<HostId, Integer> least = new HashMap<>();
        followers.keySet().stream().filter(host -> !open.containsKey(host)).forEach(settled::add);
        while (!settled.isEmpty()) {
            HostId host = settled.remove();
            int wave = Math.max(waves.getOrDefault(host, 0), least.getOrDefault(host, 0));
            waves.computeIfPresent(host, (_, _) -> wave);
            for (HostId follower : followers.getOrDefault(host, List.of())) {
                least.merge(follower, wave, Math::max);
                if (open.merge(follower, -1, Integer::sum) == 0) {
                    settled.add(follower);
                }
            }
        }
    }
}
