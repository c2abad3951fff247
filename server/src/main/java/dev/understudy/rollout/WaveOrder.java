package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who goes first. The least critical hosts are the canaries, among equals those whose package set
/// no earlier canary has; then the rest, least critical first, in waves of equal size.
final class WaveOrder {
    /// A host that could be in a wave; a higher `criticality` matters more.
    record Candidate(HostId host, int criticality, String shape) {}

    private static final Comparator<Candidate> CALM_FIRST =
            Comparator.comparingInt(Candidate::criticality).thenComparing(Candidate::host);

    private WaveOrder() {}

    /// The wave of each host, from 1 without gaps.
    static Map<HostId, Integer> assign(List<Candidate> candidates, Terms terms) {
        List<Candidate> left = new ArrayList<>(candidates);
        left.sort(CALM_FIRST);
        Map<HostId, Integer> waves = new LinkedHashMap<>();
        Set<String> shapes = new HashSet<>();
        while (waves.size() < terms.canaries() && !left.isEmpty()) {
            int calmest = left.getFirst().criticality();
            Candidate canary =
                    left.stream()
                            .filter(c -> c.criticality() == calmest && !shapes.contains(c.shape()))
                            .findFirst()
                            .orElse(left.getFirst());
            left.remove(canary);
            shapes.add(canary.shape());
            waves.put(canary.host(), 1);
        }
        int size = Math.max(1, Math.ceilDiv(candidates.size() * terms.percentPerWave(), 100));
        for (int i = 0; i < left.size(); i++) {
            waves.put(left.get(i).host(), 2 + i / size);
        }
        return waves;
    }
}
