package dev.understudy.fleet;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the hosts of a group may be changed at an instant.
public sealed interface Opening {

    /// They may.
    ///
    /// @param until the first instant at which they may no longer; null if no window or freeze ends
    ///   it
    /// @param begin the first instant at which nothing new is begun, so that it ends in time; null
    ///   as `until`
    record Open(@Nullable Instant until, @Nullable Instant begin) implements Opening {}

    /// No window is open.
    ///
    /// @param opens when the next one opens; null if none ever does
    record Closed(@Nullable Instant opens, String window) implements Opening {}

    /// A freeze holds.
    record Frozen(Freeze freeze) implements Opening {}

    /// Whether something may be begun at `at`, the instant that this was asked for.
    default boolean mayBegin(Instant at) {
        return this instanceof Open(_, var begin) && (begin == null || at.isBefore(begin));
    }

    /// Why nothing may be begun on the hosts of `group` at `at`; empty if something may.
    default Optional<String> forbids(String group, Instant at) {
        if (mayBegin(at)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (this) {
                    case Open(Instant until, _) ->
                            "What group %s may do now ends at %s: nothing new is begun."
                                    .formatted(group, until);
                    case Closed(Instant opens, String window) when opens == null ->
                            "No maintenance window of group %s is open, and none opens again ('%s' was the last)."
                                    .formatted(group, window);
                    case Closed(Instant opens, String window) ->
                            "No maintenance window of group %s is open; '%s' opens at %s."
                                    .formatted(group, window, opens);
                    case Frozen(Freeze freeze) ->
                            "%s froze %s until %s: %s"
                                    .formatted(
                                            freeze.by(),
                                            freeze.group().isEmpty()
                                                    ? "the fleet"
                                                    : "group " + freeze.group(),
                                            freeze.end().truncatedTo(ChronoUnit.SECONDS),
                                            freeze.reason());
                });
    }
}
