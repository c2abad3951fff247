package dev.understudy.rollout;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How many hosts of a rollout are in which state, by the state's name.
public record Tally(Map<String, Integer> hosts) {
    public Tally {
        hosts = java.util.Collections.unmodifiableMap(new TreeMap<>(hosts));
    }

    static Tally of(List<Deployment> deployments) {
        return new Tally(
                deployments.stream()
                        .collect(
                                Collectors.toMap(
                                        d -> d.state().getClass().getSimpleName(),
                                        _ -> 1,
                                        Integer::sum)));
    }

    /// For example `2 done, 1 failed in twin`.
    public String sentence() {
        return hosts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + Sentences.words(entry.getKey()))
                .collect(Collectors.joining(", "));
    }
}
