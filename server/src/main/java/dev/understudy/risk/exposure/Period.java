package dev.understudy.risk.exposure;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From an instant up to, not including, another one.
///
/// @param to null while it goes on
public record Period(Instant from, @Nullable Instant to) {

    /// Whether both hold at some instant, and when.
    Optional<Period> and(Period other) {
        Instant start = from.isAfter(other.from) ? from : other.from;
        Instant end = to == null || (other.to != null && other.to.isBefore(to)) ? other.to : to;
        return end == null || start.isBefore(end)
                ? Optional.of(new Period(start, end))
                : Optional.empty();
    }

    boolean endsBefore(Period other) {
        return to != null && (other.to == null || to.isBefore(other.to));
    }
}
