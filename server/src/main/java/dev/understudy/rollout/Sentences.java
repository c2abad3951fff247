package dev.understudy.rollout;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Reasons as hosts give them, with or without a full stop, as one text for people.
final class Sentences {
    private static final DateTimeFormatter TO_THE_SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Sentences() {}

    /// An instant for people, with its zone.
    static String time(Instant instant) {
        return TO_THE_SECOND.format(instant);
    }

    /// `FailedInTwin` as `failed in twin`.
    static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    /// A time for people: `1 h 30 min`, down to seconds.
    static String span(Duration span) {
        if (span.isZero()) {
            return "no time";
        }
        String text =
                part(span.toDays(), "d")
                        + part(span.toHoursPart(), "h")
                        + part(span.toMinutesPart(), "min")
                        + part(span.toSecondsPart(), "s");
        return text.isEmpty() ? "less than a second" : text.strip();
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + " " + unit + " ";
    }

    /// The first of the names, and how many more there are: `a, b and 3 more`.
    static String some(List<String> names, int most) {
        String first = String.join(", ", names.subList(0, Math.min(most, names.size())));
        return names.size() <= most ? first : first + " and %d more".formatted(names.size() - most);
    }

    static String of(List<String> reasons) {
        return reasons.stream()
                .map(String::strip)
                .filter(reason -> !reason.isEmpty())
                .map(reason -> reason.matches("(?s).*[.!?:…]") ? reason : reason + ".")
                .collect(Collectors.joining(" "));
    }
}
