package dev.understudy.rollout;

import java.time.Duration;

/// A rollout that brings nothing but what is due within three days soaks for a shorter time. What
/// the gate asks for is the same: only less time is given to failures to show.
///
/// @param soak how long a wave must stay healthy instead of `usualSoak`
public record Emergency(Duration soak, Duration usualSoak) {
    public Emergency {
        if (soak.isNegative() || soak.compareTo(usualSoak) >= 0) {
            throw new IllegalArgumentException(
                    "an emergency's soak of %s is not shorter than the usual %s"
                            .formatted(soak, usualSoak));
        }
    }

    Emergency strictest(Emergency other) {
        return soak.compareTo(other.soak) >= 0 ? this : other;
    }

    /// Said wherever the rollout's promise is said.
    String sentence() {
        return "Emergency: all of it is due within three days, so each wave soaks for %s instead of %s; failures that show later than that are outside of what was proved. What the gate has to accept is unchanged."
                .formatted(Sentences.span(soak), Sentences.span(usualSoak));
    }
}
