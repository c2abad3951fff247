package dev.understudy.advisory;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How many records of each kind a feed holds.
public record FeedCounts(
        long advisories, long fixes, long exploited, long epss, long ssvc, long severities) {
    static final FeedCounts NONE = new FeedCounts(0, 0, 0, 0, 0, 0);

    /// A feed that lost more than this share of a kind is not believed.
    private static final double LOSS_ALLOWED = 0.3;

    public long total() {
        return advisories + fixes + exploited + epss + ssvc + severities;
    }

    /// The counts by name, without those that are zero.
    public Map<String, Long> byKind() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("advisories", advisories);
        all.put("fixes", fixes);
        all.put("exploited", exploited);
        all.put("epss", epss);
        all.put("ssvc", ssvc);
        all.put("severities", severities);
        all.values().removeIf(count -> count == 0);
        return all;
    }

    /// What is wrong if these counts follow `before`.
    Optional<String> shrunkFrom(FeedCounts before) {
        for (Map.Entry<String, Long> kind : before.byKind().entrySet()) {
            long now = byKind().getOrDefault(kind.getKey(), 0L);
            if (now < kind.getValue() * (1 - LOSS_ALLOWED)) {
                return Optional.of(
                        "it has only %d %s where it had %d: more than 30 %% are gone"
                                .formatted(now, kind.getKey(), kind.getValue()));
            }
        }
        return Optional.empty();
    }
}
