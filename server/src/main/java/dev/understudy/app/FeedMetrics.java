package dev.understudy.app;

import dev.understudy.advisory.FeedStatus;
import dev.understudy.advisory.Feeds;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The feeds as gauges; looked at once in a few seconds at most, however many ask.
final class FeedMetrics {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Feeds feeds;
    private final InstantSource clock;
    private List<FeedStatus> known = List.of();
    private Instant lookedAt = Instant.EPOCH;

    private FeedMetrics(Feeds feeds, InstantSource clock) {
        this.feeds = feeds;
        this.clock = clock;
    }

    static void register(MeterRegistry registry, Feeds feeds, InstantSource clock) {
        FeedMetrics metrics = new FeedMetrics(feeds, clock);
        for (FeedStatus.State state : FeedStatus.State.values()) {
            Gauge.builder("understudy.feeds", metrics, all -> all.in(state))
                    .tag("state", state.name())
                    .description("Feeds by state; data that was in force stays so in every state")
                    .strongReference(true)
                    .register(registry);
        }
        metrics.gauge(
                registry,
                "understudy.feeds.oldest.seconds",
                "Age of the oldest data that is in force",
                FeedMetrics::oldest);
    }

    private void gauge(
            MeterRegistry registry, String name, String what, ToDoubleFunction<FeedMetrics> value) {
        Gauge.builder(name, this, value).description(what).strongReference(true).register(registry);
    }

    private double in(FeedStatus.State state) {
        return known().stream().filter(feed -> feed.state() == state).count();
    }

    private double oldest() {
        Instant now = clock.instant();
        return known().stream()
                .map(feed -> feed.sourceDate() == null ? feed.fetchedAt() : feed.sourceDate())
                .filter(date -> date != null)
                .mapToDouble(date -> Duration.between(date, now).toSeconds())
                .max()
                .orElse(0);
    }

    private synchronized List<FeedStatus> known() {
        Instant now = clock.instant();
        if (now.isAfter(lookedAt.plus(FRESH))) {
            known = feeds.status();
            lookedAt = now;
        }
        return known;
    }
}
