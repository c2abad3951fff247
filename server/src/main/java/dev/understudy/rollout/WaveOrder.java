package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.CanaryCoverage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Who goes first where every host must pass. The least critical hosts that come after no others
/// are the canaries, among equals those that together run most of what all run, and of those that
/// add as much who rehearsed already; then the rest, least critical first, in waves of equal size.
final class WaveOrder {
    private static final Comparator<Candidate> CALM_FIRST =
            Comparator.comparingInt(Candidate::criticality).thenComparing(Candidate::host);

    private WaveOrder() {}

    /// The wave of each host, from 1 without gaps.
    static Map<HostId, Integer> assign(List<Candidate> candidates, Terms terms) {
        Map<HostId, Integer> waves = new LinkedHashMap<>();
        CanaryCoverage.choose(
                        candidates.stream()
                                .filter(candidate -> !candidate.afterOthers())
                                .map(Candidate::canary)
                                .toList(),
                        terms.canaries())
                .forEach(canary -> waves.put(canary, 1));
        List<Candidate> left = new ArrayList<>(candidates);
        left.removeIf(candidate -> waves.containsKey(candidate.host()));
        left.sort(CALM_FIRST);
        int size = Math.max(1, Math.ceilDiv(candidates.size() * terms.percentPerWave(), 100));
        for (int i = 0; i < left.size(); i++) {
            waves.put(left.get(i).host(), 2 + i / size);
        }
        return waves;
    }
}
