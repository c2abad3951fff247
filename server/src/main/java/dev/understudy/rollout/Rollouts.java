package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The rollouts.
public final class Rollouts {
    private final Database database;

    public Rollouts(Database database) {
        this.database = database;
    }

    public Optional<Rollout> find(RolloutId id) {
        return database.sql(
                        """
                        select id, group_name, title, selection, terms, started_by, automatic,
                               started_at, since, state
                        from rollout.rollouts
                        where id = :id
                        """)
                .param("id", id.value())
                .query((row, _) -> rollout(row))
                .optional();
    }

    /// @throws Problem if there is no such rollout
    public Rollout get(RolloutId id) {
        return find(id).orElseThrow(() -> missing(id));
    }

    /// Newest first.
    public List<Rollout> newest(int limit) {
        return database.sql(
                        """
                        select id, group_name, title, selection, terms, started_by, automatic,
                               started_at, since, state
                        from rollout.rollouts
                        order by started_at desc, id
                        limit :limit
                        """)
                .param("limit", limit)
                .query((row, _) -> rollout(row))
                .list();
    }

    /// Those that are not over, or have hosts that are not settled.
    List<RolloutId> toAdvance() {
        return database.sql(
                        """
                        select r.id
                        from rollout.rollouts r
                        where r.open
                           or exists (select
                                      from rollout.deployments d
                                      where d.rollout = r.id
                                        and (d.open or d.state_name = 'Unhealthy'))
                        order by r.started_at
                        """)
                .query((row, _) -> new RolloutId(row.getObject("id", UUID.class)))
                .list();
    }

    boolean automaticOpen(String group) {
        return database.sql(
                        """
                        select exists (select
                                       from rollout.rollouts
                                       where group_name = :group and automatic and open)
                        """)
                .param("group", group)
                .query(Boolean.class)
                .single();
    }

    /// The one that the machine started for the group and that waits before its first host, if
    /// nobody holds it.
    Optional<RolloutId> waitingAutomatic(String group) {
        return database.sql(
                        """
                        select id
                        from rollout.rollouts
                        where group_name = :group and automatic
                          and state_name in ('Rehearsing', 'AwaitingApproval', 'Announced')
                        """)
                .param("group", group)
                .query((row, _) -> new RolloutId(row.getObject("id", UUID.class)))
                .optional();
    }

    /// Keeps everyone else from moving the rollout or its hosts until the transaction ends.
    Rollout lock(RolloutId id) {
        return database.sql(
                        """
                        select id, group_name, title, selection, terms, started_by, automatic,
                               started_at, since, state
                        from rollout.rollouts
                        where id = :id
                        for no key update
                        """)
                .param("id", id.value())
                .query((row, _) -> rollout(row))
                .optional()
                .orElseThrow(() -> missing(id));
    }

    /// Lets one rollout start at a time, until the transaction ends: what one plans the next one
    /// sees.
    void startAlone() {
        database.sql("select pg_advisory_xact_lock(hashtextextended('rollout.start', 0)) is null")
                .query(Boolean.class)
                .single();
    }

    void add(Rollout rollout) {
        database.sql(
                        """
                        insert into rollout.rollouts
                            (id, group_name, title, selection, terms, started_by, automatic,
                             started_at, since, state)
                        values (:id, :group, :title, :selection::jsonb, :terms::jsonb, :by,
                                :automatic, :startedAt, :since, :state::jsonb)
                        """)
                .param("id", rollout.id().value())
                .param("group", rollout.group())
                .param("title", rollout.title())
                .param("selection", Stored.json(rollout.selection()))
                .param("terms", Stored.json(rollout.terms()))
                .param("by", rollout.by())
                .param("automatic", rollout.automatic())
                .param("startedAt", Stored.utc(rollout.startedAt()))
                .param("since", Stored.utc(rollout.since()))
                .param("state", Stored.json(rollout.state()))
                .update();
    }

    void save(Rollout rollout) {
        database.sql(
                        """
                        update rollout.rollouts
                        set state = :state::jsonb, since = :since, terms = :terms::jsonb
                        where id = :id
                        """)
                .param("id", rollout.id().value())
                .param("terms", Stored.json(rollout.terms()))
                .param("since", Stored.utc(rollout.since()))
                .param("state", Stored.json(rollout.state()))
                .update();
    }

    private static Problem missing(RolloutId id) {
        return Problem.notFound("rollout-not-found", "There is no rollout %s.".formatted(id));
    }

    private static Rollout rollout(ResultSet row) throws SQLException {
        return new Rollout(
                new RolloutId(row.getObject("id", UUID.class)),
                row.getString("group_name"),
                row.getString("title"),
                Json.read(row.getString("selection"), Selection.class),
                Json.read(row.getString("terms"), Terms.class),
                row.getString("started_by"),
                row.getBoolean("automatic"),
                Stored.instant(row, "started_at"),
                Stored.instant(row, "since"),
                Json.read(row.getString("state"), Rollout.State.class));
    }
}
