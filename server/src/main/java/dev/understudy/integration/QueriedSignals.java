package dev.understudy.integration;

import dev.understudy.rollout.HealthSignals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the queries say of a group as a whole. One that gives no answer, or an old one, speaks
/// against every promotion: not known is not good.
public final class QueriedSignals implements HealthSignals {
    /// How often they are asked.
    public static final Duration EVERY = Duration.ofSeconds(30);

    private static final Duration OLD = EVERY.multipliedBy(4);

    private final HealthQueries queries;
    private final InstantSource clock;

    public QueriedSignals(HealthQueries queries, InstantSource clock) {
        this.queries = queries;
        this.clock = clock;
    }

    @Override
    public Optional<String> doubt(String group) {
        String doubts =
                queries.all().stream()
                        .filter(asked -> asked.query().concerns(group))
                        .flatMap(asked -> doubt(asked).stream())
                        .collect(Collectors.joining(" "));
        return doubts.isEmpty() ? Optional.empty() : Optional.of(doubts);
    }

    private Optional<String> doubt(HealthQueries.Asked asked) {
        String name = asked.query().name();
        @Nullable Instant failing = asked.failingSince();
        @Nullable Instant answered = asked.answeredAt();
        if (failing != null) {
            return Optional.of(
                    "The health query %s has had no answer since %s: %s."
                            .formatted(name, failing, asked.problem()));
        }
        if (answered == null || answered.plus(OLD).isBefore(clock.instant())) {
            return Optional.of(
                    "The health query %s %s."
                            .formatted(
                                    name,
                                    answered == null
                                            ? "was not answered yet"
                                            : "was answered last at " + answered));
        }
        return asked.breach().isEmpty()
                ? Optional.empty()
                : Optional.of("The health query %s: %s".formatted(name, asked.breach()));
    }
}
