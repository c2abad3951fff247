package dev.understudy.integration;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a monitoring system or SIEM tells of one host.
///
/// @param host by name, with or without a port
/// @param kind what is wrong, the same for all hosts that have it: `HighErrorRate`
/// @param at when it began
/// @param endedAt when it was over; null while it lasts
/// @param detail for people; may be empty
public record Signal(
        String host,
        String kind,
        Severity severity,
        Instant at,
        @Nullable Instant endedAt,
        String detail) {
    /// How bad it is; only what is an error or worse counts as a failure of a host.
    public enum Severity {
        INFO,
        WARNING,
        ERROR,
        CRITICAL;

        boolean counts() {
            return compareTo(ERROR) >= 0;
        }
    }
}
