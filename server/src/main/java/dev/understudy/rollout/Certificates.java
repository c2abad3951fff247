package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Entry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The certificates of rollouts, with the order of their hosts and the record of what was seen and
/// decided.
public final class Certificates {
    private final Database database;
    private final InstantSource clock;

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
    public List<Line> lines(RolloutId rollout, int after, int limit) {
        return database.sql(
                        """
                        select number, at, entry
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
                                        Json.read(row.getString("entry"), Entry.class)))
                .list();
    }

    List<Entry> entries(RolloutId rollout) {
        return lines(rollout, 0, Integer.MAX_VALUE).stream().map(Line::entry).toList();
    }

    /// The hosts in their order.
    List<Draw> draws(RolloutId rollout) {
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
