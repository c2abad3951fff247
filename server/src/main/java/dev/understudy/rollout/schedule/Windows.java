package dev.understudy.rollout.schedule;

import java.util.Optional;

/// When the hosts of a group may be begun with.
@FunctionalInterface
public interface Windows {
    /// No limits.
    Windows ALWAYS = at -> Optional.of(new Span(Math.max(0, at), Long.MAX_VALUE));

    /// A time in which hosts may be begun with.
    ///
    /// @param from its first second
    /// @param to the first second at which none is begun any more
    record Span(long from, long to) {
        public Span {
            if (from >= to) {
                throw new IllegalArgumentException(
                        "a time from %d to %d is no time".formatted(from, to));
            }
        }
    }

    /// The first such time of which something is left at `at` or later, from `at` on where it has
    /// begun before; empty if none ever comes.
    Optional<Span> next(long at);
}
