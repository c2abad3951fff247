package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The maintenance windows of groups, and the freezes. Every change is in the audit trail.
public final class Maintenance {
    private static final Duration LONGEST_FREEZE = Duration.ofDays(366);
    private static final int LONGEST_TEXT = 1_000;
    private static final int MOST_WINDOWS = 50;

    private final Database database;
    private final Groups groups;
    private final AuditTrail audit;
    private final InstantSource clock;

    public Maintenance(Database database, Groups groups, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.groups = groups;
        this.audit = audit;
        this.clock = clock;
    }

    /// All windows, and the freezes that are not over.
    public MaintenanceCalendar calendar() {
        return new MaintenanceCalendar(
                windows(),
                database.sql(
                                """
                                select id, group_name, from_at, to_at, reason, created_by, ended_at,
                                       ended_by
                                from fleet.freezes
                                where to_at > :now and ended_at is null
                                order by from_at, id
                                """)
                        .param("now", Times.sql(clock.instant()))
                        .query((row, _) -> freeze(row))
                        .list());
    }

    public List<MaintenanceWindow> windows() {
        return database.sql(
                        """
                        select id, group_name, name, zone, starts, rule, shift_days, duration_seconds
                        from fleet.maintenance_windows
                        order by group_name, name
                        """)
                .query((row, _) -> window(row))
                .list();
    }

    /// All freezes that were ever made, the newest first.
    public List<Freeze> freezes() {
        return database.sql(
                        """
                        select id, group_name, from_at, to_at, reason, created_by, ended_at, ended_by
                        from fleet.freezes
                        order by created_at desc, id
                        """)
                .query((row, _) -> freeze(row))
                .list();
    }

    /// What a new window shall be.
    ///
    /// @param zone as the IANA time zone database names it: Europe/Berlin
    public record Wanted(
            String group,
            String name,
            String zone,
            LocalDateTime start,
            String rule,
            int shiftDays,
            Duration duration) {}

    /// @throws Problem if there is no such window, or the group has one of that name
    public MaintenanceWindow open(String actor, Wanted wanted) {
        requireGroup(wanted.group());
        MaintenanceWindow window = window(Ids.at(clock.instant()), wanted);
        return database.inTransaction(
                () -> {
                    if (windows().stream().filter(w -> w.group().equals(window.group())).count()
                            >= MOST_WINDOWS) {
                        throw Problem.conflict(
                                "windows-too-many",
                                "Group %s has %d windows; no more fit."
                                        .formatted(window.group(), MOST_WINDOWS));
                    }
                    insert(actor, window);
                    audit.append(
                            actor,
                            "fleet.window-opened",
                            "group:" + window.group(),
                            describe(window));
                    return window;
                });
    }

    private void insert(String actor, MaintenanceWindow window) {
        int inserted =
                database.sql(
                                """
                                insert into fleet.maintenance_windows
                                    (id, group_name, name, zone, starts, rule, shift_days,
                                     duration_seconds, created_at, created_by)
                                values (:id, :group, :name, :zone, :starts, :rule, :shift, :duration,
                                        :now, :actor)
                                on conflict (group_name, name) do nothing
                                """)
                        .param("id", window.id())
                        .param("group", window.group())
                        .param("name", window.name())
                        .param("zone", window.zone().getId())
                        .param("starts", window.start())
                        .param("rule", window.rule())
                        .param("shift", window.shiftDays())
                        .param("duration", window.duration().toSeconds())
                        .param("now", Times.sql(clock.instant()))
                        .param("actor", actor)
                        .update();
        if (inserted != 1) {
            throw Problem.conflict(
                    "window-name-taken",
                    "Group %s has a window '%s' already. Remove it first, or give another name."
                            .formatted(window.group(), window.name()));
        }
    }

    private static MaintenanceWindow window(UUID id, Wanted wanted) {
        try {
            return new MaintenanceWindow(
                    id,
                    wanted.group(),
                    wanted.name(),
                    ZoneId.of(wanted.zone()),
                    wanted.start(),
                    wanted.rule(),
                    wanted.shiftDays(),
                    wanted.duration());
        } catch (DateTimeException e) {
            throw Problem.invalid(
                    "window-zone-invalid",
                    "'%s' is no time zone. Write one like Europe/Berlin or UTC."
                            .formatted(wanted.zone()));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "window-invalid", "The window is refused: %s".formatted(e.getMessage()));
        }
    }

    /// Removes a window. A group's last window gone, its hosts may be changed at any time.
    public void remove(String actor, UUID id) {
        database.inTransaction(
                () -> {
                    MaintenanceWindow window =
                            windows().stream()
                                    .filter(each -> each.id().equals(id))
                                    .findFirst()
                                    .orElseThrow(
                                            () ->
                                                    Problem.notFound(
                                                            "window-not-found",
                                                            "There is no window %s. See: understudy windows"
                                                                    .formatted(id)));
                    database.sql("delete from fleet.maintenance_windows where id = :id")
                            .param("id", id)
                            .update();
                    audit.append(
                            actor,
                            "fleet.window-removed",
                            "group:" + window.group(),
                            describe(window));
                });
    }

    private static Map<String, String> describe(MaintenanceWindow window) {
        return Map.of(
                "name", window.name(),
                "zone", window.zone().getId(),
                "start", window.start().toString(),
                "rule", window.rule(),
                "shiftDays", Integer.toString(window.shiftDays()),
                "duration", window.duration().toString());
    }

    /// Forbids changes from `from` to `to`.
    ///
    /// @param group empty for the whole fleet
    public Freeze freeze(String actor, String group, Instant from, Instant to, String reason) {
        Instant now = clock.instant();
        if (!group.isEmpty()) {
            requireGroup(group);
        }
        if (reason.isBlank() || reason.length() > LONGEST_TEXT) {
            throw Problem.invalid(
                    "freeze-reason-invalid",
                    "Say why in 1 to %d characters; the reason has %d."
                            .formatted(LONGEST_TEXT, reason.length()));
        }
        if (!from.isBefore(to) || !to.isAfter(now)) {
            throw Problem.invalid(
                    "freeze-time-invalid",
                    "A freeze from %s to %s holds at no time from now on.".formatted(from, to));
        }
        if (Duration.between(now, to).compareTo(LONGEST_FREEZE) > 0) {
            throw Problem.invalid(
                    "freeze-too-long",
                    "A freeze until %s is longer than a year from now. Freeze again when it comes to that."
                            .formatted(to));
        }
        Freeze freeze = new Freeze(Ids.at(now), group, from, to, reason, actor, null, "");
        return database.inTransaction(
                () -> {
                    insert(freeze, now);
                    audit.append(
                            actor,
                            "fleet.frozen",
                            subject(freeze),
                            Map.of(
                                    "from", from.toString(),
                                    "to", to.toString(),
                                    "reason", reason));
                    return freeze;
                });
    }

    private void insert(Freeze freeze, Instant now) {
        database.sql(
                        """
                        insert into fleet.freezes
                            (id, group_name, from_at, to_at, reason, created_at, created_by, ended_by)
                        values (:id, :group, :from, :to, :reason, :now, :actor, '')
                        """)
                .param("id", freeze.id())
                .param("group", freeze.group())
                .param("from", Times.sql(freeze.from()))
                .param("to", Times.sql(freeze.to()))
                .param("reason", freeze.reason())
                .param("now", Times.sql(now))
                .param("actor", freeze.by())
                .update();
    }

    /// Ends a freeze before its time; nothing happens if it is over.
    public Freeze thaw(String actor, UUID id) {
        return database.inTransaction(
                () -> {
                    int ended =
                            database.sql(
                                            """
                                            update fleet.freezes
                                            set ended_at = :now, ended_by = :actor
                                            where id = :id and ended_at is null and to_at > :now
                                            """)
                                    .param("id", id)
                                    .param("now", Times.sql(clock.instant()))
                                    .param("actor", actor)
                                    .update();
                    Freeze freeze =
                            freezes().stream()
                                    .filter(each -> each.id().equals(id))
                                    .findFirst()
                                    .orElseThrow(
                                            () ->
                                                    Problem.notFound(
                                                            "freeze-not-found",
                                                            "There is no freeze %s. See: understudy freezes"
                                                                    .formatted(id)));
                    if (ended == 1) {
                        audit.append(
                                actor,
                                "fleet.thawed",
                                subject(freeze),
                                Map.of("reason", freeze.reason()));
                    }
                    return freeze;
                });
    }

    private static String subject(Freeze freeze) {
        return freeze.group().isEmpty() ? "fleet" : "group:" + freeze.group();
    }

    private void requireGroup(String name) {
        if (groups.find(name).isEmpty()) {
            throw Problem.notFound(
                    "group-not-found",
                    "There is no group '%s'. See: understudy groups".formatted(name));
        }
    }

    private static MaintenanceWindow window(ResultSet row) throws SQLException {
        return new MaintenanceWindow(
                row.getObject("id", UUID.class),
                row.getString("group_name"),
                row.getString("name"),
                ZoneId.of(row.getString("zone")),
                row.getObject("starts", LocalDateTime.class),
                row.getString("rule"),
                row.getInt("shift_days"),
                Duration.ofSeconds(row.getLong("duration_seconds")));
    }

    private static Freeze freeze(ResultSet row) throws SQLException {
        return new Freeze(
                row.getObject("id", UUID.class),
                row.getString("group_name"),
                Times.get(row, "from_at"),
                Times.get(row, "to_at"),
                row.getString("reason"),
                row.getString("created_by"),
                Times.find(row, "ended_at"),
                row.getString("ended_by"));
    }
}
