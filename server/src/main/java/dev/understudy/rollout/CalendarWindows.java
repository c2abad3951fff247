package dev.understudy.rollout;

import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.Opening;
import dev.understudy.rollout.schedule.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When something may be begun on the hosts of a group, by its windows and the freezes, seen from
/// an instant. What was worked out once is kept.
public final class CalendarWindows implements Windows {
    /// What opens later than that is as good as never.
    private static final Duration HORIZON = Duration.ofDays(800);

    private final MaintenanceCalendar calendar;
    private final String group;
    private final Instant now;
    private final List<Span> known = new ArrayList<>();
    private @Nullable Instant looked;

    /// @param now second 0
    public CalendarWindows(MaintenanceCalendar calendar, String group, Instant now) {
        this.calendar =
                new MaintenanceCalendar(
                        calendar.windows().stream()
                                .filter(window -> window.group().equals(group))
                                .toList(),
                        calendar.freezes());
        this.group = group;
        this.now = now;
        looked = now;
    }

    @Override
    public Optional<Span> next(long at) {
        while (known.isEmpty() || known.getLast().to() <= at) {
            if (!lookOn()) {
                return Optional.empty();
            }
        }
        int low = 0;
        int high = known.size() - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (known.get(middle).to() > at) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Span span = known.get(low);
        return Optional.of(new Span(Math.max(at, span.from()), span.to()));
    }

    /// Finds one more time, or that there is none.
    private boolean lookOn() {
        Instant at = looked;
        while (at != null && at.isBefore(now.plus(HORIZON))) {
            switch (calendar.opening(group, at)) {
                case Opening.Open(Instant until, Instant begin) -> {
                    looked = until;
                    long from = seconds(at);
                    long to = begin == null ? Long.MAX_VALUE : seconds(begin);
                    if (from < to) {
                        known.add(new Span(from, to));
                        return true;
                    }
                    at = until;
                }
                case Opening.Closed(Instant opens, _) -> at = opens;
                case Opening.Frozen(var freeze) -> at = freeze.end();
            }
        }
        looked = null;
        return false;
    }

    /// The first whole second at or after the instant.
    private long seconds(Instant at) {
        Duration since = Duration.between(now, at);
        return since.toSeconds() + (since.toNanosPart() > 0 ? 1 : 0);
    }
}
