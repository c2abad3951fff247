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
