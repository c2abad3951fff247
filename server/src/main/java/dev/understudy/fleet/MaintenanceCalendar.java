package dev.understudy.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The windows and freezes of the fleet as they were at one moment. A group without windows may be
/// changed at any time; one with windows only while one of them is open; neither during a freeze.
public record MaintenanceCalendar(List<MaintenanceWindow> windows, List<Freeze> freezes) {
    /// Nothing is limited.
    public static final MaintenanceCalendar EMPTY = new MaintenanceCalendar(List.of(), List.of());

    /// So much of a window is left for what was begun in it, but never more than a quarter of it.
    private static final Duration TO_FINISH = Duration.ofMinutes(15);

    /// More windows in a row than anybody has: enough to see where they end.
    private static final int MOST_IN_A_ROW = 100;

    public MaintenanceCalendar {
        windows = List.copyOf(windows);
        freezes = List.copyOf(freezes);
    }

    /// Whether the hosts of `group` may be changed at `at`.
    public Opening opening(String group, Instant at) {
        Optional<Freeze> frozen =
                freezes.stream()
                        .filter(freeze -> freeze.concerns(group) && freeze.holds(at))
                        .max(Comparator.comparing(Freeze::end));
        if (frozen.isPresent()) {
            return new Opening.Frozen(frozen.get());
        }
        List<MaintenanceWindow> own = of(group);
        Instant freeze = nextFreeze(group, at);
        if (own.isEmpty()) {
            return freeze == null
                    ? new Opening.Open(null, null)
                    : open(new MaintenanceWindow.Span(Instant.EPOCH, freeze), freeze);
        }
        MaintenanceWindow.Span span = around(own, at);
        return span == null ? closed(own, at) : open(span, freeze);
    }

    private List<MaintenanceWindow> of(String group) {
        return windows.stream().filter(window -> window.group().equals(group)).toList();
    }

    private @Nullable Instant nextFreeze(String group, Instant at) {
        return freezes.stream()
                .filter(freeze -> freeze.concerns(group) && freeze.from().isAfter(at))
                .filter(freeze -> freeze.end().isAfter(freeze.from()))
                .map(Freeze::from)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static Opening open(MaintenanceWindow.Span span, @Nullable Instant freeze) {
        Instant until = freeze != null && freeze.isBefore(span.to()) ? freeze : span.to();
        Duration quarter = Duration.between(span.from(), until).dividedBy(4);
        return new Opening.Open(
                until, until.minus(quarter.compareTo(TO_FINISH) < 0 ? quarter : TO_FINISH));
    }

    /// The time around `at` in which windows are open without a gap; null if none is open at `at`.
    private static MaintenanceWindow.@Nullable Span around(
            List<MaintenanceWindow> own, Instant at) {
        MaintenanceWindow.Span whole = null;
        for (int i = 0; i < MOST_IN_A_ROW; i++) {
            Instant seen = whole == null ? at : whole.to();
            Optional<MaintenanceWindow.Span> next =
                    own.stream()
                            .flatMap(window -> window.at(seen).stream())
                            .max(Comparator.comparing(MaintenanceWindow.Span::to));
            if (next.isEmpty()) {
                break;
            }
            Instant from = whole == null ? next.get().from() : whole.from();
            whole = new MaintenanceWindow.Span(from, next.get().to());
        }
        return whole;
    }

    private static Opening closed(List<MaintenanceWindow> own, Instant at) {
        return own.stream()
                .flatMap(
                        window ->
                                window.from(at, 1).stream()
                                        .map(
                                                span ->
                                                        new Opening.Closed(
                                                                span.from(), window.name())))
                .min(
                        Comparator.comparing(
                                Opening.Closed::opens,
                                Comparator.nullsLast(Comparator.naturalOrder())))
                .orElseGet(() -> new Opening.Closed(null, own.getFirst().name()));
    }
}
