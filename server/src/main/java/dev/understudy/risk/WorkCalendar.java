package dev.understudy.risk;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/// Counts days from the start of a clock.
final class WorkCalendar {
    private static final Set<DayOfWeek> WEEKEND = Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);

    private WorkCalendar() {}

    static Instant plus(Instant start, int days, DeadlineRule rule) {
        if (!rule.businessDays()) {
            return start.plus(Duration.ofDays(days));
        }
        LocalDate day = start.atOffset(ZoneOffset.UTC).toLocalDate();
        Duration ofDay = Duration.between(day.atStartOfDay(ZoneOffset.UTC).toInstant(), start);
        for (int left = days; left > 0; ) {
            day = day.plusDays(1);
            if (works(day, rule.holidays())) {
                left--;
            }
        }
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().plus(ofDay);
    }

    private static boolean works(LocalDate day, List<LocalDate> holidays) {
        return !WEEKEND.contains(day.getDayOfWeek()) && !holidays.contains(day);
    }
}
