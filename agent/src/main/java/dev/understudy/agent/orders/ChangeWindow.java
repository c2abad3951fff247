package dev.understudy.agent.orders;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Set;

/// Hours, in the host's local time, in which the owner allows changes. One that ends before it
/// starts goes on into the next day; `days` are those on which it starts.
public record ChangeWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    public ChangeWindow {
        days = Set.copyOf(days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days);
        if (from.equals(to)) {
            throw new IllegalArgumentException(
                    "the window from %s to %s is empty".formatted(from, to));
        }
    }

    boolean holds(ZonedDateTime local) {
        LocalTime time = local.toLocalTime();
        DayOfWeek today = local.getDayOfWeek();
        if (from.isBefore(to)) {
            return days.contains(today) && !time.isBefore(from) && time.isBefore(to);
        }
        return (days.contains(today) && !time.isBefore(from))
                || (days.contains(today.minus(1)) && time.isBefore(to));
    }

    @Override
    public String toString() {
        String when = days.size() == 7 ? "daily" : EnumSet.copyOf(days).toString();
        return "%s %s-%s".formatted(when, from, to);
    }
}
