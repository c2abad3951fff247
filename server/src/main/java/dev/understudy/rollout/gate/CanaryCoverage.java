package dev.understudy.rollout.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses canaries that together run what the fleet runs: greedily the host that adds most of the
/// features not covered yet, each weighed by the hosts that have it. Coverage is monotone and
/// submodular, so this comes within 1 − 1/e of the best choice (Nemhauser, Wolsey, Fisher, 1978).
/// Among hosts that differ in criticality all of the least critical come before any other; among
/// hosts that add as much, those that rehearsed already.
public final class CanaryCoverage {
    private CanaryCoverage() {}

    /// A host that may be a canary; all get the patch.
    ///
    /// @param criticality a higher one matters more
    /// @param haGroup of hosts with the same one at most one becomes a canary; null for none
    /// @param rehearsed whether its own rehearsal passed, so that it need not rehearse again first
    public record Candidate<H extends Comparable<H>>(
            H host,
            int criticality,
            Fingerprint fingerprint,
            @Nullable String haGroup,
            boolean rehearsed) {
        /// Of hosts that add as much: who rehearsed, then by host, so that there is one order.
        static <H extends Comparable<H>> Comparator<Candidate<H>> order() {
            return Comparator.comparing((Candidate<H> candidate) -> !candidate.rehearsed())
                    .thenComparing(Candidate::host);
        }
    }

    /// Hosts that run exactly the same, at one criticality.
    private static final class Kind<H extends Comparable<H>> {
        final Fingerprint fingerprint;
        final List<Candidate<H>> left = new ArrayList<>();
        double gain;

        Kind(Fingerprint fingerprint) {
            this.fingerprint = fingerprint;
        }
    }

    /// Up to `wanted` of the candidates, the most telling first. The order of the candidates does
    /// not matter.
    public static <H extends Comparable<H>> List<H> choose(
            List<Candidate<H>> candidates, int wanted) {
        return choose(candidates, wanted, new HashSet<>());
    }

    /// The same where other strata have canaries too.
    ///
    /// @param groups HA groups that gave a canary already; those that give one now are added
    public static <H extends Comparable<H>> List<H> choose(
            List<Candidate<H>> candidates, int wanted, Set<String> groups) {
        Map<Long, Double> weights = weights(candidates);
        List<H> chosen = new ArrayList<>();
        int[] levels =
                candidates.stream().mapToInt(Candidate::criticality).sorted().distinct().toArray();
        for (int level : levels) {
            pick(kinds(candidates, level), weights, groups, chosen, wanted);
        }
        return chosen;
    }

    /// A feature weighs by the square root of how many hosts have it: a fault in what all hosts
    /// have is met by any canary, and one in what a single host has concerns only that one.
    private static <H extends Comparable<H>> Map<Long, Double> weights(
            List<Candidate<H>> candidates) {
        Map<Fingerprint, Integer> alike = new HashMap<>();
        candidates.forEach(candidate -> alike.merge(candidate.fingerprint(), 1, Integer::sum));
        Map<Long, Double> hosts = new HashMap<>();
        alike.forEach(
                (print, count) ->
                        print.features()
                                .forEach(
                                        feature ->
                                                hosts.merge(feature, (double) count, Double::sum)));
        hosts.replaceAll((_, count) -> Math.sqrt(count));
        return hosts;
    }

    private static <H extends Comparable<H>> List<Kind<H>> kinds(
            List<Candidate<H>> candidates, int level) {
        Map<Fingerprint, Kind<H>> kinds = new LinkedHashMap<>();
        candidates.stream()
                .filter(candidate -> candidate.criticality() == level)
                .sorted(Candidate.order())
                .forEach(
                        candidate ->
                                kinds.computeIfAbsent(candidate.fingerprint(), Kind<H>::new)
                                        .left
                                        .add(candidate));
        return List.copyOf(kinds.values());
    }

    /// Lazily: a gain never grows, so the kind whose stale gain is the greatest is looked at first.
    private static <H extends Comparable<H>> void pick(
            List<Kind<H>> kinds,
            Map<Long, Double> weights,
            Set<String> groups,
            List<H> chosen,
            int wanted) {
        Comparator<Candidate<H>> equals = Candidate.order();
        PriorityQueue<Kind<H>> queue =
                new PriorityQueue<>(
                        (a, b) -> {
                            int byGain = Double.compare(b.gain, a.gain);
                            return byGain != 0
                                    ? byGain
                                    : equals.compare(a.left.getFirst(), b.left.getFirst());
                        });
        for (Kind<H> kind : kinds) {
            kind.gain = gain(kind.fingerprint, weights);
            queue.add(kind);
        }
        while (chosen.size() < wanted && !queue.isEmpty()) {
            Kind<H> kind = queue.remove();
            double gain = gain(kind.fingerprint, weights);
            if (gain < kind.gain) {
                kind.gain = gain;
                queue.add(kind);
                continue;
            }
            Candidate<H> next = kind.left.removeFirst();
            String group = next.haGroup();
            if (group == null || groups.add(group)) {
                chosen.add(next.host());
                cover(kind.fingerprint, weights);
                kind.gain = 0;
            }
            if (!kind.left.isEmpty()) {
                queue.add(kind);
            }
        }
    }

    private static double gain(Fingerprint print, Map<Long, Double> weights) {
        return print.features().mapToDouble(feature -> weights.getOrDefault(feature, 0.0)).sum();
    }

    private static void cover(Fingerprint print, Map<Long, Double> weights) {
        print.features().forEach(weights::remove);
    }
}
