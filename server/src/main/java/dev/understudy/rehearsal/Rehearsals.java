package dev.understudy.rehearsal;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The rehearsals and their evidence.
public final class Rehearsals {
    private final Database database;

    public Rehearsals(Database database) {
        this.database = database;
    }

    public Optional<Rehearsal> find(OrderId id) {
        return database.sql(
                        """
                        select id, host, plan, shape, settings, requested_by, requested_at, state
                        from rehearsal.rehearsals
                        where id = :id
                        """)
                .param("id", id.value())
                .query((row, _) -> rehearsal(row))
                .optional();
    }

    public Rehearsal get(OrderId id) {
        return find(id).orElseThrow(
                        () -> new IllegalArgumentException("There is no rehearsal " + id + "."));
    }

    /// The host's rehearsals, newest first.
    public List<Rehearsal> of(HostId host, int limit) {
        return database.sql(
                        """
                        select id, host, plan, shape, settings, requested_by, requested_at, state
                        from rehearsal.rehearsals
                        where host = :host
                        order by requested_at desc, id
                        limit :limit
                        """)
                .param("host", host.value())
                .param("limit", limit)
                .query((row, _) -> rehearsal(row))
                .list();
    }

    /// The newest rehearsal of the plan that this host passed in this shape since then.
    Optional<Rehearsal> passed(HostId host, Plan plan, String shape, Instant since) {
        return database.sql(
                        """
                        select id, host, plan, shape, settings, requested_by, requested_at, state
                        from rehearsal.rehearsals
                        where host = :host
                          and plan_digest = :digest
                          and shape = :shape
                          and verdict = 'PASSED'
                          and requested_at >= :since
                        order by requested_at desc
                        limit 1
                        """)
                .param("host", host.value())
                .param("digest", plan.digest())
                .param("shape", shape)
                .param("since", utc(since))
                .query((row, _) -> rehearsal(row))
                .optional();
    }

    Optional<Rehearsal> lock(OrderId id) {
        return database.sql(
                        """
                        select id, host, plan, shape, settings, requested_by, requested_at, state
                        from rehearsal.rehearsals
                        where id = :id
                        for no key update
                        """)
                .param("id", id.value())
                .query((row, _) -> rehearsal(row))
                .optional();
    }

    /// Rehearsals that a host took up and has said nothing of for longer than their limit and
    /// another ten minutes.
    List<OrderId> silent(Instant now) {
        return database.sql(
                        """
                        select id
                        from rehearsal.rehearsals
                        where state_name = 'Running'
                          and changed_at + (settings ->> 'limit')::interval
                              < :now - interval '10 minutes'
                        order by changed_at
                        limit 1000
                        """)
                .param("now", utc(now))
                .query((row, _) -> new OrderId(row.getObject("id", UUID.class)))
                .list();
    }

    /// Those of a host that are not over yet.
    List<OrderId> open(HostId host) {
        return database.sql(
                        """
                        select id
                        from rehearsal.rehearsals
                        where host = :host and state_name in ('Requested', 'Running')
                        order by id
                        """)
                .param("host", host.value())
                .query((row, _) -> new OrderId(row.getObject("id", UUID.class)))
                .list();
    }

    /// What rehearsals showed of these classes: of each, the newest that was asked for since then
    /// and came to a verdict, passed or failed, until then.
    public Map<RehearsalClass, RehearsalClass.Evidence> speakingFor(
            Collection<RehearsalClass> classes, Instant since, Instant until) {
        List<RehearsalClass> each = List.copyOf(classes);
        return database
                .sql(
                        """
                        select distinct on (r.plan_digest, r.makeup)
                               r.plan_digest, r.makeup, r.id, r.host, r.verdict, r.changed_at,
                               r.state
                        from unnest(cast(:digests as text[]), cast(:makeups as text[]))
                                 as c (plan_digest, makeup)
                        join rehearsal.rehearsals r
                             on r.plan_digest = c.plan_digest and r.makeup = c.makeup
                        where r.verdict in ('PASSED', 'FAILED') and r.requested_at >= :since
                          and r.changed_at <= :until
                        order by r.plan_digest, r.makeup, r.changed_at desc, r.id
                        """)
                .param(
                        "digests",
                        each.stream().map(RehearsalClass::planDigest).toArray(String[]::new))
                .param("makeups", each.stream().map(RehearsalClass::makeup).toArray(String[]::new))
                .param("since", utc(since))
                .param("until", utc(until))
                .query(
                        (row, _) ->
                                Map.entry(
                                        new RehearsalClass(
                                                row.getString("plan_digest"),
                                                row.getString("makeup")),
                                        evidence(row)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// What one rehearsal showed; empty unless it passed or failed.
    public Optional<RehearsalClass.Evidence> evidence(OrderId id) {
        return database.sql(
                        """
                        select id, host, verdict, changed_at, state
                        from rehearsal.rehearsals
                        where id = :id and verdict in ('PASSED', 'FAILED')
                        """)
                .param("id", id.value())
                .query((row, _) -> evidence(row))
                .optional();
    }

    private static RehearsalClass.Evidence evidence(ResultSet row) throws SQLException {
        Rehearsal.State state = Json.read(row.getString("state"), Rehearsal.State.class);
        return new RehearsalClass.Evidence(
                new OrderId(row.getObject("id", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                row.getString("verdict").equals("PASSED"),
                state instanceof Rehearsal.State.Finished(var result)
                        ? result.reasons()
                        : List.of(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant());
    }

    /// @param makeup the host's, as it is now; null where it is not known
    void add(Rehearsal rehearsal, @Nullable String makeup) {
        database.sql(
                        """
                        insert into rehearsal.rehearsals
                            (id, host, plan, plan_digest, shape, settings, requested_by,
                             requested_at, changed_at, state, makeup)
                        values (:id, :host, :plan::jsonb, :digest, :shape, :settings::jsonb, :by,
                                :at, :at, :state::jsonb, :makeup)
                        """)
                .param("id", rehearsal.id().value())
                .param("host", rehearsal.host().value())
                .param("plan", Json.write(rehearsal.plan()))
                .param("digest", rehearsal.plan().digest())
                .param("shape", rehearsal.shape())
                .param("settings", Json.write(rehearsal.settings()))
                .param("by", rehearsal.by())
                .param("makeup", makeup, Types.VARCHAR)
                .param("at", utc(rehearsal.requestedAt()))
                .param("state", storable(Json.write(rehearsal.state())))
                .update();
    }

    void save(Rehearsal rehearsal, Instant now) {
        database.sql(
                        """
                        update rehearsal.rehearsals
                        set state = :state::jsonb, changed_at = :now
                        where id = :id
                        """)
                .param("id", rehearsal.id().value())
                .param("state", storable(Json.write(rehearsal.state())))
                .param("now", utc(now))
                .update();
    }

    /// PostgreSQL's jsonb has no NUL; what a host says may have one.
    private static String storable(String json) {
        return json.replace("\\u0000", "\\ufffd");
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Rehearsal rehearsal(ResultSet row) throws SQLException {
        return new Rehearsal(
                new OrderId(row.getObject("id", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                Json.read(row.getString("plan"), Plan.class),
                row.getString("shape"),
                Json.read(row.getString("settings"), Rehearsal.Settings.class),
                row.getString("requested_by"),
                row.getObject("requested_at", OffsetDateTime.class).toInstant(),
                Json.read(row.getString("state"), Rehearsal.State.class));
    }
}
