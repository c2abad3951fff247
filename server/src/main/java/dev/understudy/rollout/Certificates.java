package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// The certificates of rollouts, with the order of their hosts and the record of what was seen and
/// decided.
public final class Certificates {
    /// So many records are remembered, those last used.
    private static final int REMEMBERED = 64;

    private final Database database;
    private final InstantSource clock;
    private final Map<RolloutId, Known> remembered =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<RolloutId, Known> eldest) {
                            return size() > REMEMBERED;
                        }
                    });

    public Certificates(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// A line of the record; numbers count from 1 without gaps.
    public record Line(int number, Instant at, Entry entry) {}

    public Optional<Certificate> find(RolloutId rollout) {
        return database.sql(
                        """
                        select certificate
                        from rollout.certificates
                        where rollout = :rollout
                        """)
                .param("rollout", rollout.value())
                .query((row, _) -> Json.read(row.getString("certificate"), Certificate.class))
                .optional();
    }

    /// What the certificates of these rollouts say, where they have one.
    Map<UUID, String> sentences(List<UUID> rollouts) {
        Map<UUID, String> sentences = new HashMap<>();
        database.sql(
                        """
                        select rollout, certificate ->> 'sentence' as sentence
                        from rollout.certificates
                        where rollout = any(:rollouts)
                        """)
                .param("rollouts", rollouts.toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                sentences.put(
                                        row.getObject("rollout", UUID.class),
                                        row.getString("sentence")))
                .list();
        return sentences;
    }

    /// The first `limit` lines after number `after`.
    ///
    /// @throws NewerRecord if this server does not know what one of them says
    public List<Line> lines(RolloutId rollout, int after, int limit) {
        return database.sql(
                        """
                        select number, at, entry, entry ->> 'type' as kind
                        from rollout.evidence
                        where rollout = :rollout and number > :after
                        order by number
                        limit :limit
                        """)
                .param("rollout", rollout.value())
                .param("after", after)
                .param("limit", limit)
                .query(
                        (row, _) ->
                                new Line(
                                        row.getInt("number"),
                                        Stored.instant(row, "at"),
                                        entry(rollout, row)))
                .list();
    }

    private static Entry entry(RolloutId rollout, ResultSet row) throws SQLException {
        int number = row.getInt("number");
        String kind = String.valueOf(row.getString("kind"));
        return Json.readKnown(row.getString("entry"), Entry.class)
                .orElseThrow(() -> new NewerRecord(rollout, number, kind));
    }

    /// What keeps this server from deciding anything about the rollout, if anything does.
    Optional<NewerRecord> beyond(RolloutId rollout) {
        try {
            record(rollout);
            return Optional.empty();
        } catch (NewerRecord newer) {
            return Optional.of(newer);
        }
    }

    /// The whole record. What was committed before is remembered, so that only what is new is read.
    List<Entry> entries(RolloutId rollout) {
        return record(rollout).lines().stream().map(Line::entry).toList();
    }

    /// The hosts in their order; they change no more once the record has begun.
    List<Draw> draws(RolloutId rollout) {
        Known known = record(rollout);
        if (known.draws() != null) {
            return known.draws();
        }
        List<Draw> draws = readDraws(rollout);
        if (!known.lines().isEmpty()) {
            remember(rollout, new Known(known.lines(), draws));
        }
        return draws;
    }

    /// What is remembered of a record.
    private record Known(List<Line> lines, @Nullable List<Draw> draws) {
        static final Known NOTHING = new Known(List.of(), null);
    }

    private Known record(RolloutId rollout) {
        Known known = remembered.getOrDefault(rollout, Known.NOTHING);
        int from = known.lines().size();
        // The last known line is read again: a database that was put back may have another.
        List<Line> read = lines(rollout, Math.max(0, from - 1), Integer.MAX_VALUE);
        if (from > 0 && (read.isEmpty() || !read.getFirst().equals(known.lines().getLast()))) {
            known = Known.NOTHING;
            read = lines(rollout, 0, Integer.MAX_VALUE);
        } else if (from > 0) {
            read = read.subList(1, read.size());
        }
        if (read.isEmpty()) {
            return known;
        }
        List<Line> all = new ArrayList<>(known.lines());
        all.addAll(read);
        Known now = new Known(List.copyOf(all), known.draws());
        remember(rollout, now);
        return now;
    }

    /// Only what is committed is remembered.
    private void remember(RolloutId rollout, Known known) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            remembered.put(rollout, known);
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        remembered.put(rollout, known);
                    }
                });
    }

    private List<Draw> readDraws(RolloutId rollout) {
        return database.sql(
                        """
                        select host, stratum, role, place
                        from rollout.draws
                        where rollout = :rollout
                        order by place
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Draw(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getInt("stratum"),
                                        Draw.Role.valueOf(row.getString("role")),
                                        row.getInt("place")))
                .list();
    }

    /// Keeps the certificate in place of a former one, as long as no wave has begun.
    void keep(RolloutId rollout, Certify.Certified certified) {
        database.sql(
                        """
                        insert into rollout.certificates (rollout, certificate)
                        values (:rollout, :certificate::jsonb)
                        on conflict (rollout) do update set certificate = excluded.certificate
                        """)
                .param("rollout", rollout.value())
                .param("certificate", Stored.json(certified.certificate()))
                .update();
        database.sql("delete from rollout.draws where rollout = :rollout")
                .param("rollout", rollout.value())
                .update();
        List<Draw> draws = certified.draws();
        database.sql(
                        """
                        insert into rollout.draws (rollout, host, stratum, role, place)
                        select :rollout, u.host, u.stratum, u.role, u.place
                        from unnest(:hosts::uuid[], :strata::int[], :roles::text[], :places::int[])
                             as u (host, stratum, role, place)
                        """)
                .param("rollout", rollout.value())
                .param("hosts", draws.stream().map(d -> d.host().value()).toArray(UUID[]::new))
                .param("strata", draws.stream().map(Draw::stratum).toArray(Integer[]::new))
                .param("roles", draws.stream().map(d -> d.role().name()).toArray(String[]::new))
                .param("places", draws.stream().map(Draw::place).toArray(Integer[]::new))
                .update();
    }

    /// Adds lines to the record; the caller holds the lock on the rollout.
    void append(RolloutId rollout, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        database.sql(
                        """
                        insert into rollout.evidence (rollout, number, at, entry)
                        select :rollout,
                               (select coalesce(max(number), 0)
                                from rollout.evidence
                                where rollout = :rollout) + u.place,
                               :now, u.entry::jsonb
                        from unnest(:entries::text[]) with ordinality as u (entry, place)
                        """)
                .param("rollout", rollout.value())
                .param("now", Stored.utc(clock.instant()))
                .param("entries", entries.stream().map(Stored::json).toArray(String[]::new))
                .update();
    }
}
