package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Makeup;
import dev.understudy.risk.PatchId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Versions that no host of the fleet, or of one makeup, may get.
public final class Quarantine {
    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    public Quarantine(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// A version that is locked away.
    ///
    /// @param suspected whether it is only under suspicion: the culprit is being searched for, or
    ///   was not found
    /// @param makeup of which hosts it is kept; null: of all
    public record Entry(
            UUID id,
            PatchId patch,
            String reason,
            String by,
            Instant since,
            @Nullable RolloutId rollout,
            boolean suspected,
            @Nullable String makeup) {
        /// Whether it is kept from hosts of that makeup.
        boolean concerns(@Nullable String other) {
            return makeup == null || makeup.equals(other);
        }
    }

    /// What may be brought to no host, and what to none of a makeup.
    record Locked(Set<PatchId> everywhere, Map<String, Set<PatchId>> byMakeup) {
        Set<PatchId> on(Inventory inventory) {
            if (byMakeup.isEmpty()) {
                return everywhere;
            }
            Set<PatchId> here = new HashSet<>(everywhere);
            Makeup.of(inventory)
                    .ifPresent(makeup -> here.addAll(byMakeup.getOrDefault(makeup, Set.of())));
            return here;
        }
    }

    /// Every version that is locked away now, oldest first.
    public List<Entry> entries() {
        return database.sql(
                        """
                        select id, patch, reason, imposed_by, since, rollout,
                               investigation is not null as suspected, makeup
                        from rollout.quarantine
                        where released_at is null
                        order by since, patch
                        """)
                .query((row, _) -> entry(row))
                .list();
    }

    /// @throws Problem if there is no such entry
    public Entry entry(UUID id) {
        return entries().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow(() -> missing(id));
    }

    /// Those that the whole fleet may not get, oldest first.
    public List<Entry> everywhere() {
        return entries().stream().filter(entry -> entry.makeup() == null).toList();
    }

    /// What the whole fleet may not get.
    public Set<PatchId> patches() {
        return everywhere().stream().map(Entry::patch).collect(Collectors.toSet());
    }

    Locked locked() {
        Set<PatchId> everywhere = new HashSet<>();
        Map<String, Set<PatchId>> byMakeup = new HashMap<>();
        for (Entry entry : entries()) {
            String makeup = entry.makeup();
            if (makeup == null) {
                everywhere.add(entry.patch());
            } else {
                byMakeup.computeIfAbsent(makeup, _ -> new HashSet<>()).add(entry.patch());
            }
        }
        return new Locked(everywhere, byMakeup);
    }

    /// Lets the fleet have a version again, on a person's word.
    ///
    /// @throws Problem if there is no such entry
    public void release(UUID id, String by, String reason) {
        database.inTransaction(
                () -> {
                    String patch =
                            database.sql(
                                            """
                                            update rollout.quarantine
                                            set released_at = :now, released_by = :by
                                            where id = :id and released_at is null
                                            returning patch
                                            """)
                                    .param("now", Stored.utc(clock.instant()))
                                    .param("by", by)
                                    .param("id", id)
                                    .query(String.class)
                                    .optional()
                                    .orElseThrow(() -> missing(id));
                    released(patch, by, reason);
                });
    }

    /// Whether a person let the fleet have the version again that was locked away for this reason.
    boolean released(PatchId patch, String reason) {
        return database.sql(
                        """
                        select exists (select
                                       from rollout.quarantine
                                       where patch = :patch and reason = :reason
                                         and investigation is null and released_at is not null)
                        """)
                .param("patch", patch.toString())
                .param("reason", reason.replace('\0', '\uFFFD'))
                .query(Boolean.class)
                .single();
    }

    /// Locks a version away for good.
    ///
    /// @param rollout in which it showed; null where it was none
    void impose(PatchId patch, String reason, String by, @Nullable RolloutId rollout) {
        insert(patch, reason, by, rollout, null, null);
    }

    /// Locks a version away for good from hosts of that makeup; null: from all.
    void impose(
            PatchId patch,
            String reason,
            String by,
            @Nullable RolloutId rollout,
            @Nullable String makeup) {
        insert(patch, reason, by, rollout, null, makeup);
    }

    /// Locks a version away while it is not clear whether it is at fault.
    ///
    /// @param makeup from which hosts; null: from all
    void suspect(
            PatchId patch,
            String reason,
            RolloutId rollout,
            UUID investigation,
            @Nullable String makeup) {
        insert(patch, reason, NextMoves.MACHINE, rollout, investigation, makeup);
    }

    /// Keeps from the whole fleet what a rollout had found and kept from hosts of one makeup.
    void widen(RolloutId rollout) {
        database.sql(
                        """
                        select patch, reason, imposed_by, investigation
                        from rollout.quarantine
                        where rollout = :rollout and makeup is not null and released_at is null
                        order by since, patch
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Narrow(
                                        PatchId.parse(row.getString("patch")),
                                        row.getString("reason"),
                                        row.getString("imposed_by"),
                                        row.getObject("investigation", UUID.class)))
                .list()
                .forEach(
                        one ->
                                insert(
                                        one.patch(),
                                        one.reason(),
                                        one.by(),
                                        rollout,
                                        one.investigation(),
                                        null));
    }

    private record Narrow(PatchId patch, String reason, String by, @Nullable UUID investigation) {}

    /// The makeup to which the suspicions of an investigation are confined; null if they are not.
    @Nullable String confined(UUID investigation) {
        List<Optional<String>> makeups =
                database.sql(
                                """
                                select makeup
                                from rollout.quarantine
                                where investigation = :investigation
                                """)
                        .param("investigation", investigation)
                        .query((row, _) -> Optional.ofNullable(row.getString("makeup")))
                        .list();
        return makeups.stream().allMatch(Optional::isPresent)
                ? makeups.stream().flatMap(Optional::stream).findFirst().orElse(null)
                : null;
    }

    /// Ends the suspicions of an investigation, but not against `uncleared`; those that it found
    /// guilty were imposed before.
    void endSuspicions(UUID investigation, List<PatchId> uncleared) {
        database.sql(
                        """
                        update rollout.quarantine
                        set released_at = :now, released_by = :by
                        where investigation = :investigation
                          and released_at is null
                          and patch <> all (cast(:uncleared as text[]))
                        returning patch
                        """)
                .param("now", Stored.utc(clock.instant()))
                .param("by", NextMoves.MACHINE)
                .param("investigation", investigation)
                .param(
                        "uncleared",
                        uncleared.stream().map(PatchId::toString).toArray(String[]::new))
                .query(String.class)
                .list()
                .forEach(
                        patch -> {
                            if (!patches().contains(PatchId.parse(patch))) {
                                released(patch, NextMoves.MACHINE, "it was cleared");
                            }
                        });
    }

    /// Lets go what the machine locked away because of a rollout.
    void clear(RolloutId rollout, String reason) {
        database
                .sql(
                        """
                        update rollout.quarantine
                        set released_at = :now, released_by = :by
                        where rollout = :rollout and imposed_by = :by and released_at is null
                        returning patch
                        """)
                .param("now", Stored.utc(clock.instant()))
                .param("by", NextMoves.MACHINE)
                .param("rollout", rollout.value())
                .query(String.class)
                .list()
                .stream()
                .distinct()
                .filter(patch -> !patches().contains(PatchId.parse(patch)))
                .forEach(patch -> released(patch, NextMoves.MACHINE, reason));
    }

    private void insert(
            PatchId patch,
            String reason,
            String by,
            @Nullable RolloutId rollout,
            @Nullable UUID investigation,
            @Nullable String makeup) {
        Instant now = clock.instant();
        int added =
                database.sql(
                                """
                                insert into rollout.quarantine
                                    (id, patch, reason, imposed_by, since, rollout, investigation,
                                     makeup)
                                values (:id, :patch, :reason, :by, :now, :rollout, :investigation,
                                        :makeup)
                                on conflict do nothing
                                """)
                        .param("id", Ids.at(now))
                        .param("patch", patch.toString())
                        .param("reason", reason.replace('\0', '\uFFFD'))
                        .param("by", by)
                        .param("now", Stored.utc(now))
                        .param("rollout", rollout == null ? null : rollout.value(), Types.OTHER)
                        .param("investigation", investigation, Types.OTHER)
                        .param("makeup", makeup, Types.VARCHAR)
                        .update();
        if (added == 1) {
            audit.append(
                    by,
                    (investigation == null ? "rollout.quarantined" : "rollout.suspected")
                            + (makeup == null ? "" : "-for-class"),
                    patch.toString(),
                    rollout == null
                            ? Map.of("reason", reason)
                            : Map.of("reason", reason, "rollout", rollout.toString()));
            if (makeup == null) {
                outbox.publish(
                        new VersionQuarantined(patch, reason, rollout, investigation != null));
            }
        }
    }

    private void released(String patch, String by, String reason) {
        audit.append(by, "rollout.released", patch, Map.of("reason", reason));
        outbox.publish(new VersionReleased(PatchId.parse(patch), by));
    }

    private static Problem missing(UUID id) {
        return Problem.notFound(
                "quarantine-not-found", "Nothing is quarantined under %s.".formatted(id));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        UUID rollout = row.getObject("rollout", UUID.class);
        return new Entry(
                row.getObject("id", UUID.class),
                PatchId.parse(row.getString("patch")),
                row.getString("reason"),
                row.getString("imposed_by"),
                Stored.instant(row, "since"),
                rollout == null ? null : new RolloutId(rollout),
                row.getBoolean("suspected"),
                row.getString("makeup"));
    }
}
