package dev.understudy.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// The API's codes in words.
final class Words {
    private Words() {}

    /// `REHEARSAL_FAILED` as `rehearsal failed`.
    static String code(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// `FailedInTwin` as `failed in twin`.
    static String state(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    static String ternary(String code) {
        return code.isEmpty() ? "unknown" : code(code);
    }

    /// When a patch is due, seen from now; what has no date says so.
    static String deadline(Json patch, Instant now) {
        return patch.instant("deadline.due")
                .map(
                        due ->
                                due.isBefore(now)
                                        ? "overdue by " + Terminal.span(Duration.between(due, now))
                                        : "in " + Terminal.span(Duration.between(now, due)))
                .orElse(patch.flag("security") ? "next upgrade" : "none");
    }
}
