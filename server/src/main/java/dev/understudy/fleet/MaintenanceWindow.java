package dev.understudy.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.RfcMode;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/// When the hosts of a group may be changed: from a local time on, for a while, again and again.
///
/// A start is a time on the wall clock of `zone`. Where the clock is put forward over it, the
/// window opens as much later; where the clock is put back and the time comes twice, it opens at
/// the first. `duration` is time that passes, whatever the clock on the wall does meanwhile.
///
/// @param start the first start, on the wall clock of `zone`
/// @param rule when it recurs, an RFC 5545 RRULE by days or longer; empty if it opens only once
/// @param shiftDays how many days after each recurrence it opens: "the second Tuesday + 3" is
///   `FREQ=MONTHLY;BYDAY=2TU` and 3
public record MaintenanceWindow(
        UUID id,
        String group,
        String name,
        ZoneId zone,
        LocalDateTime start,
        String rule,
        int shiftDays,
        Duration duration) {
    private static final Set<Freq> BY_DAYS =
            EnumSet.of(Freq.YEARLY, Freq.MONTHLY, Freq.WEEKLY, Freq.DAILY);
    private static final Duration SHORTEST = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final int MOST_SHIFT = 31;
    private static final int LONGEST_TEXT = 200;

    /// More starts than any window of a day or more has while it is open, with those that the clock
    /// puts on the same instant.
    private static final int MOST_STARTS = 64;

    /// @throws IllegalArgumentException for a window that cannot be, with what to write instead
    public MaintenanceWindow {
        require(
                !name.isBlank() && name.length() <= LONGEST_TEXT,
                "The name '%s' is empty, or longer than %d characters.",
                name,
                LONGEST_TEXT);
        require(
                duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0,
                "The duration is %s; it may be %s to %s.",
                duration,
                SHORTEST,
                LONGEST);
        require(
                shiftDays >= 0 && shiftDays <= MOST_SHIFT,
                "It is shifted by %d days; it may be 0 to %d.",
                shiftDays,
                MOST_SHIFT);
        require(
                rule.length() <= LONGEST_TEXT,
                "The rule is longer than %d characters.",
                LONGEST_TEXT);
        require(
                start.getYear() >= 1970 && start.getYear() < 10_000,
                "The start %s is no time that anybody has.",
                start);
        if (!rule.isEmpty()) {
            starts(parse(rule), start, start, 1);
        }
    }

    /// One time that the window is open.
    ///
    /// @param to the first instant at which it is closed again
    public record Span(Instant from, Instant to) {
        boolean holds(Instant at) {
            return !at.isBefore(from) && at.isBefore(to);
        }
    }

    /// The times that it is open at `at` or after, the earliest first.
    ///
    /// @param limit how many at most
    public List<Span> from(Instant at, int limit) {
        // Clocks differ from each other by less than two days, and a shift can be longer than that.
        LocalDateTime earliest =
                LocalDateTime.ofInstant(at.minus(duration), zone).minusDays(shiftDays + 2L);
        List<Span> spans = new ArrayList<>();
        for (LocalDateTime recurrence : recurrences(earliest, limit + MOST_STARTS)) {
            Span span = span(recurrence);
            if (span.to().isAfter(at) && spans.size() < limit) {
                spans.add(span);
            }
        }
        return List.copyOf(spans);
    }

    /// The time that it is open at `at`, if it is.
    Optional<Span> at(Instant at) {
        return from(at, 1).stream().filter(span -> span.holds(at)).findFirst();
    }

    private Span span(LocalDateTime recurrence) {
        Instant from = ZonedDateTime.of(recurrence.plusDays(shiftDays), zone).toInstant();
        return new Span(from, from.plus(duration));
    }

    private List<LocalDateTime> recurrences(LocalDateTime from, int limit) {
        return rule.isEmpty() ? List.of(start) : starts(parse(rule), start, from, limit);
    }

    private static RecurrenceRule parse(String rule) {
        RecurrenceRule parsed;
        try {
            parsed = new RecurrenceRule(rule, RfcMode.RFC5545_STRICT);
        } catch (InvalidRecurrenceRuleException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' is no recurrence rule (%s). Write one like FREQ=WEEKLY;BYDAY=SA or FREQ=MONTHLY;BYDAY=2TU."
                            .formatted(rule, e.getMessage()),
                    e);
        }
        require(
                BY_DAYS.contains(parsed.getFreq())
                        && parsed.getByPart(RecurrenceRule.Part.BYHOUR) == null
                        && parsed.getByPart(RecurrenceRule.Part.BYMINUTE) == null
                        && parsed.getByPart(RecurrenceRule.Part.BYSECOND) == null,
                "'%s' recurs within a day. Let it recur by days, weeks, months or years, and set the time by the start.",
                rule);
        return parsed;
    }

    /// The recurrences of `rule` since `start` that are not before `from`.
    private static List<LocalDateTime> starts(
            RecurrenceRule rule, LocalDateTime start, LocalDateTime from, int limit) {
        List<LocalDateTime> found = new ArrayList<>();
        try {
            RecurrenceRuleIterator all = rule.iterator(floating(start));
            if (from.isAfter(start)) {
                all.fastForward(floating(from));
            }
            while (found.size() < limit && all.hasNext()) {
                found.add(local(all.nextDateTime()));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'%s' does not fit the start %s (%s). Give UNTIL without a zone, as in UNTIL=20271231T235959."
                            .formatted(rule, start, e.getMessage()),
                    e);
        }
        require(from.isAfter(start) || !found.isEmpty(), "'%s' never comes after %s.", rule, start);
        return found;
    }

    private static DateTime floating(LocalDateTime at) {
        return new DateTime(
                at.getYear(),
                at.getMonthValue() - 1,
                at.getDayOfMonth(),
                at.getHour(),
                at.getMinute(),
                at.getSecond());
    }

    private static LocalDateTime local(DateTime at) {
        return LocalDateTime.of(
                at.getYear(),
                at.getMonth() + 1,
                at.getDayOfMonth(),
                at.getHours(),
                at.getMinutes(),
                at.getSeconds());
    }

    private static void require(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(values));
        }
    }
}
