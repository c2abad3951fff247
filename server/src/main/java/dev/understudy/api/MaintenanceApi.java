package dev.understudy.api;

import dev.understudy.fleet.Freeze;
import dev.understudy.fleet.Group;
import dev.understudy.fleet.Groups;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.fleet.Opening;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// When hosts may be changed: the windows of groups, and freezes.
@RestController
@RequestMapping("/api/v1")
public final class MaintenanceApi {
    private static final int NEXT = 5;

    private final Maintenance maintenance;
    private final Groups groups;
    private final InstantSource clock;

    public MaintenanceApi(Maintenance maintenance, Groups groups, InstantSource clock) {
        this.maintenance = maintenance;
        this.groups = groups;
        this.clock = clock;
    }

    /// A window as it is.
    ///
    /// @param next the times that it is open now or next
    record Window(
            UUID id,
            String group,
            String name,
            String zone,
            LocalDateTime start,
            String rule,
            int shiftDays,
            Duration duration,
            List<MaintenanceWindow.Span> next) {
        static Window of(MaintenanceWindow window, Instant now) {
            return new Window(
                    window.id(),
                    window.group(),
                    window.name(),
                    window.zone().getId(),
                    window.start(),
                    window.rule(),
                    window.shiftDays(),
                    window.duration(),
                    window.from(now, NEXT));
        }
    }

    /// What a new window shall be.
    ///
    /// @param zone IANA name; UTC if left out
    /// @param rule RFC 5545 RRULE; opens once if left out
    /// @param shiftDays days from each recurrence to the opening; 0 if left out
    record WantedWindow(
            @Nullable String group,
            @Nullable String name,
            Optional<String> zone,
            @Nullable LocalDateTime start,
            Optional<String> rule,
            Optional<Integer> shiftDays,
            @Nullable Duration duration) {}

    /// Whether a group may be changed now.
    ///
    /// @param sentence why not, or until when; empty if nothing limits it
    /// @param until when that ends; null if nothing limits it
    record Now(String group, boolean open, String sentence, @Nullable Instant until) {}

    /// A freeze as it is.
    ///
    /// @param group empty for the whole fleet
    record FreezeView(
            UUID id,
            String group,
            Instant from,
            Instant to,
            String reason,
            String by,
            @Nullable Instant endedAt,
            String endedBy,
            boolean holds) {
        static FreezeView of(Freeze freeze, Instant now) {
            return new FreezeView(
                    freeze.id(),
                    freeze.group(),
                    freeze.from(),
                    freeze.to(),
                    freeze.reason(),
                    freeze.by(),
                    freeze.endedAt(),
                    freeze.endedBy(),
                    freeze.holds(now));
        }
    }

    /// What a new freeze shall be.
    ///
    /// @param group left out for the whole fleet
    /// @param from now if left out
    record WantedFreeze(
            Optional<String> group,
            Optional<Instant> from,
            @Nullable Instant to,
            @Nullable String reason) {}

    @GetMapping("/maintenance-windows")
    Items<Window> windows() {
        Instant now = clock.instant();
        return new Items<>(maintenance.windows().stream().map(w -> Window.of(w, now)).toList());
    }

    /// Whether each group may be changed now, by its windows and the freezes.
    @GetMapping("/openings")
    Items<Now> openings() {
        Instant now = clock.instant();
        MaintenanceCalendar calendar = maintenance.calendar();
        return new Items<>(
                groups.all().stream()
                        .map(Group::name)
                        .map(name -> now(calendar, name, now))
                        .toList());
    }

    private static Now now(MaintenanceCalendar calendar, String group, Instant now) {
        Opening opening = calendar.opening(group, now);
        return new Now(
                group,
                opening.mayBegin(now),
                opening.forbids(group, now).orElse(""),
                switch (opening) {
                    case Opening.Open(Instant until, _) -> until;
                    case Opening.Closed(Instant opens, _) -> opens;
                    case Opening.Frozen(Freeze freeze) -> freeze.to();
                });
    }

    @PostMapping("/maintenance-windows")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.CREATED)
    Window open(Operator operator, @RequestBody WantedWindow wanted) {
        MaintenanceWindow made =
                maintenance.open(
                        operator.actor(),
                        new Maintenance.Wanted(
                                given("group", wanted.group()),
                                given("name", wanted.name()),
                                wanted.zone().orElse("UTC"),
                                given("start", wanted.start()),
                                wanted.rule().orElse(""),
                                wanted.shiftDays().orElse(0),
                                given("duration", wanted.duration())));
        return Window.of(made, clock.instant());
    }

    /// Removes a window. Without any, the group may be changed at any time.
    @DeleteMapping("/maintenance-windows/{id}")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Operator operator, @PathVariable UUID id) {
        maintenance.remove(operator.actor(), id);
    }

    @GetMapping("/freezes")
    Items<FreezeView> freezes() {
        Instant now = clock.instant();
        return new Items<>(maintenance.freezes().stream().map(f -> FreezeView.of(f, now)).toList());
    }

    @PostMapping("/freezes")
    @Needs(Role.OPERATOR)
    @ResponseStatus(HttpStatus.CREATED)
    FreezeView freeze(Operator operator, @RequestBody WantedFreeze wanted) {
        Instant now = clock.instant();
        return FreezeView.of(
                maintenance.freeze(
                        operator.actor(),
                        wanted.group().orElse(""),
                        wanted.from().orElse(now),
                        given("to", wanted.to()),
                        given("reason", wanted.reason())),
                now);
    }

    /// Ends a freeze before its time.
    @DeleteMapping("/freezes/{id}")
    @Needs(Role.APPROVER)
    FreezeView thaw(Operator operator, @PathVariable UUID id) {
        return FreezeView.of(maintenance.thaw(operator.actor(), id), clock.instant());
    }

    private static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw Problem.invalid("field-missing", "'%s' is missing.".formatted(name));
        }
        return value;
    }
}
