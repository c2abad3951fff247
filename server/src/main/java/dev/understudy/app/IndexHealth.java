package dev.understudy.app;

import dev.understudy.risk.exposure.FollowDatabase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// How old this replica's answers about exposure are. `DOWN` where the index was not looked after
/// for a minute, or never; no part of readiness, since everything else goes on and the answers say
/// themselves as of when they are.
final class IndexHealth implements HealthIndicator {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final FollowDatabase index;
    private final InstantSource clock;

    IndexHealth(FollowDatabase index, InstantSource clock) {
        this.index = index;
        this.clock = clock;
    }

    @Override
    public Health health() {
        return index.lastLook()
                .map(
                        asOf -> {
                            Duration age = age(asOf);
                            return (age.compareTo(LONGEST) > 0 ? Health.down() : Health.up())
                                    .withDetail("asOf", asOf.toString())
                                    .withDetail("ageSeconds", age.toSeconds())
                                    .build();
                        })
                .orElseGet(() -> Health.down().withDetail("reason", "it is being made").build());
    }

    private Duration age(Instant asOf) {
        return Duration.between(asOf, clock.instant());
    }

    static void register(MeterRegistry registry, FollowDatabase index, InstantSource clock) {
        IndexHealth health = new IndexHealth(index, clock);
        Gauge.builder(
                        "understudy.exposure.index.age.seconds",
                        health,
                        each ->
                                index.lastLook()
                                        .map(asOf -> each.age(asOf).toMillis() / 1e3)
                                        .orElse(Double.NaN))
                .description("Age of the answers about exposure; not a number until there are any")
                .strongReference(true)
                .register(registry);
    }
}
