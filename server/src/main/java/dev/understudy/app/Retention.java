package dev.understudy.app;

import java.time.Duration;

/// How long what only grows is kept. The audit trail is kept for ever.
///
/// @param events what hosts reported
/// @param orders orders that ended
/// @param imports records of imports of feeds
/// @param outbox events inside the control plane that every subscriber has taken
public record Retention(Duration events, Duration orders, Duration imports, Duration outbox) {
    static final Retention USUAL =
            new Retention(
                    Duration.ofDays(90),
                    Duration.ofDays(400),
                    Duration.ofDays(90),
                    Duration.ofDays(7));

    public Retention {
        require("keep-events", events, Duration.ofDays(1));
        require("keep-orders", orders, Duration.ofDays(30));
        require("keep-imports", imports, Duration.ofDays(1));
        require("keep-outbox", outbox, Duration.ofDays(1));
    }

    static Retention of(Options options) {
        return new Retention(
                options.duration("keep-events", USUAL.events()),
                options.duration("keep-orders", USUAL.orders()),
                options.duration("keep-imports", USUAL.imports()),
                options.duration("keep-outbox", USUAL.outbox()));
    }

    private static void require(String option, Duration given, Duration least) {
        if (given.compareTo(least) < 0) {
            throw new SettingsException(
                    option, given.toString(), "P%dD or longer".formatted(least.toDays()));
        }
    }
}
