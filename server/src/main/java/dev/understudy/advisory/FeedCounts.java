package dev.understudy.advisory;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How many records of each kind a feed holds; kinds that are not there count 0.
public record FeedCounts(Map<String, Long> byKind) {
    static final FeedCounts NONE = new FeedCounts(Map.of());

    public FeedCounts {
        Map<String, Long> some = new TreeMap<>(byKind);
        some.values().removeIf(count -> count == 0);
        byKind = java.util.Collections.unmodifiableMap(some);
    }

    public long of(String kind) {
        return byKind.getOrDefault(kind, 0L);
    }

    public long total() {
        return byKind.values().stream().mapToLong(Long::longValue).sum();
    }

    /// What is wrong if these counts follow `before` and no more than the share `allowed` of a kind
    /// may be lost.
    Optional<String> shrunkFrom(FeedCounts before, double allowed) {
        for (Map.Entry<String, Long> kind : before.byKind().entrySet()) {
            long now = of(kind.getKey());
            if (now < kind.getValue() * (1 - allowed)) {
                return Optional.of(
                        "it has only %d %s where it had %d: more than %.0f %% are gone"
                                .formatted(now, kind.getKey(), kind.getValue(), allowed * 100));
            }
        }
        return Optional.empty();
    }
}
