package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.risk.PatchId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The hosts of the rollouts.
public final class Deployments {
    private final Database database;
    private final DeploymentMemory memory;

    public Deployments(Database database) {
        this.database = database;
        this.memory = new DeploymentMemory(database);
    }

    /// The hosts of a rollout, by wave; within one, the most urgent first.
    public List<Deployment> of(RolloutId rollout) {
        return memory.of(rollout);
    }

    /// A host's part in rollouts, newest first.
    public List<Deployment> ofHost(HostId host, int limit) {
        return database.sql(
                        """
                        select rollout, host, plan, wave, attempts, since, state
                        from rollout.deployments
                        where host = :host
                        order by open desc, since desc
                        limit :limit
                        """)
                .param("host", host.value())
                .param("limit", limit)
                .query((row, _) -> deployment(row))
                .list();
    }

    Optional<Deployment> find(RolloutId rollout, HostId host) {
        return database.sql(
                        """
                        select rollout, host, plan, wave, attempts, since, state
                        from rollout.deployments
                        where rollout = :rollout and host = :host
                        """)
                .param("rollout", rollout.value())
                .param("host", host.value())
                .query((row, _) -> deployment(row))
                .optional();
    }

    /// Those that wait for the host's answer to the order.
    List<Deployment> waitingFor(OrderId order) {
        return database.sql(
                        """
                        select rollout, host, plan, wave, attempts, since, state
                        from rollout.deployments
                        where order_id = :order
                        """)
                .param("order", order.value())
                .query((row, _) -> deployment(row))
                .list();
    }

    /// Those of the host about which a new inventory could say something.
    List<Deployment> visibleIn(HostId host) {
        return database.sql(
                        """
                        select d.rollout, d.host, d.plan, d.wave, d.attempts, d.since, d.state
                        from rollout.deployments d
                        join rollout.rollouts r on r.id = d.rollout
                        where d.host = :host
                          and (d.state_name in ('Verifying', 'NotInEffect')
                               or (d.state_name = 'Done' and r.open))
                        order by d.since
                        """)
                .param("host", host.value())
                .query((row, _) -> deployment(row))
                .list();
    }

    /// A host that a rollout changed, or may have.
    record Touched(RolloutId rollout, HostId host) {}

    /// What other rollouts did to hosts since `from`, and to the hosts beside them.
    List<Touched> touchedByOthers(RolloutId rollout, Instant from) {
        return database.sql(
                        """
                        select o.rollout, o.host
                        from rollout.deployments o
                        where o.since >= :from
                          and o.state_name in ('Applying', 'Doubtful', 'Verifying', 'Done',
                                               'NotInEffect', 'Unhealthy', 'Restored', 'Broken',
                                               'RollingBack')
                          and o.rollout in (select b.rollout
                                            from rollout.deployments a
                                            join rollout.deployments b on b.host = a.host
                                            where a.rollout = :rollout
                                              and b.rollout <> :rollout and b.since >= :from)
                        """)
                .param("rollout", rollout.value())
                .param("from", Stored.utc(from))
                .query(
                        (row, _) ->
                                new Touched(
                                        new RolloutId(row.getObject("rollout", UUID.class)),
                                        new HostId(row.getObject("host", UUID.class))))
                .list();
    }

    Optional<Deployment> open(HostId host) {
        return database.sql(
                        """
                        select rollout, host, plan, wave, attempts, since, state
                        from rollout.deployments
                        where host = :host and open
                        """)
                .param("host", host.value())
                .query((row, _) -> deployment(row))
                .optional();
    }

    /// Open rollouts that bring the patch to a host that was not begun yet.
    List<RolloutId> bringing(String patch) {
        return database.sql(
                        """
                        select distinct r.id
                        from rollout.rollouts r
                        join rollout.deployments d on d.rollout = r.id
                        where r.open
                          and :patch = any (d.patches)
                          and d.state_name in ('Planned', 'Rehearsing', 'Rehearsed')
                        """)
                .param("patch", patch)
                .query((row, _) -> new RolloutId(row.getObject("id", UUID.class)))
                .list();
    }

    /// The hosts to which a rollout that is not over brings each of the patches.
    Map<PatchId, Set<HostId>> underWay(Collection<PatchId> patches) {
        Map<PatchId, Set<HostId>> underWay = new HashMap<>();
        database.sql(
                        """
                        select p.patch, d.host
                        from rollout.deployments d
                        join rollout.rollouts r on r.id = d.rollout
                        cross join lateral unnest(d.patches) as p (patch)
                        where r.open and d.open and p.patch = any (:patches)
                        """)
                .param("patches", patches.stream().map(PatchId::toString).toArray(String[]::new))
                .query(
                        row -> {
                            underWay.computeIfAbsent(
                                            PatchId.parse(row.getString("patch")),
                                            _ -> new HashSet<>())
                                    .add(new HostId(row.getObject("host", UUID.class)));
                        });
        return underWay;
    }

    /// Those of the patches that are in effect on other hosts, and healthy there.
    Set<PatchId> inEffectElsewhere(HostId than, List<PatchId> patches) {
        return elsewhere(than, patches, "Done");
    }

    /// Those of the patches with which other hosts failed.
    Set<PatchId> failedElsewhere(HostId than, List<PatchId> patches) {
        return elsewhere(than, patches, "Restored", "Broken", "Unhealthy");
    }

    private Set<PatchId> elsewhere(HostId than, List<PatchId> patches, String... states) {
        return database
                .sql(
                        """
                        select distinct p.patch
                        from rollout.deployments d
                        cross join lateral unnest(d.patches) as p (patch)
                        where d.patches && cast(:patches as text[])
                          and d.host <> :host
                          and d.state_name = any (cast(:states as text[]))
                          and p.patch = any (cast(:patches as text[]))
                        """)
                .param("patches", patches.stream().map(PatchId::toString).toArray(String[]::new))
                .param("host", than.value())
                .param("states", states)
                .query(String.class)
                .list()
                .stream()
                .map(PatchId::parse)
                .collect(Collectors.toSet());
    }

    /// How often the machine brought this plan to the host to no avail, and when last.
    Failures failures(HostId host, String planDigest) {
        return database.sql(
                        """
                        select count(*) as times, max(d.since) as last
                        from rollout.deployments d
                        join rollout.rollouts r on r.id = d.rollout
                        where d.host = :host
                          and d.plan_digest = :digest
                          and r.automatic
                          and not d.open
                          and d.state_name not in ('Done', 'NotInEffect')
                          and coalesce(d.state ->> 'why', '') not in
                                  ('WITHDRAWN', 'IN_OTHER_ROLLOUT', 'OFFLINE', 'OBSERVE_ONLY')
                        """)
                .param("host", host.value())
                .param("digest", planDigest)
                .query(
                        (row, _) ->
                                new Failures(
                                        row.getInt("times"),
                                        row.getObject("last") == null
                                                ? Instant.EPOCH
                                                : Stored.instant(row, "last")))
                .single();
    }

    record Failures(int times, Instant last) {}

    /// Patches that a person stopped or took back on these hosts, with that person's rollout; the
    /// machine does not bring them again.
    Map<HostId, List<Refused>> refusedByPeople(Collection<HostId> hosts) {
        Map<HostId, List<Refused>> refused = new HashMap<>();
        database.sql(
                        """
                        select distinct on (d.host, p.patch) d.host, p.patch,
                               case when r.state ->> 'by' <> :machine
                                    then r.state ->> 'by' end as actor,
                               r.state ->> 'reason' as reason,
                               case when d.state_name = 'Skipped' and d.state ->> 'by' is not null
                                    then d.state ->> 'reason' end as left_out
                        from rollout.deployments d
                        join rollout.rollouts r on r.id = d.rollout
                        cross join lateral unnest(d.patches) as p (patch)
                        where d.host = any (:hosts)
                          and (r.state_name in ('RollingBack', 'RolledBack')
                               or d.state_name = 'RolledBack'
                               or (d.state_name = 'Skipped' and d.state ->> 'by' is not null)
                               or (r.state_name = 'Halted' and r.state ->> 'by' <> :machine))
                          and not exists (select
                                          from rollout.quarantine q
                                          where q.rollout = r.id
                                            and q.patch = p.patch
                                            and q.released_at is not null)
                        order by d.host, p.patch, r.since desc
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .param("machine", NextMoves.MACHINE)
                .query(
                        row -> {
                            refused.computeIfAbsent(
                                            new HostId(row.getObject("host", UUID.class)),
                                            _ -> new ArrayList<>(1))
                                    .add(
                                            new Refused(
                                                    row.getString("patch"),
                                                    row.getString("actor"),
                                                    row.getString("reason"),
                                                    row.getString("left_out")));
                        });
        return refused;
    }

    /// `by` and `reason` are null where they are not known here, and `leftOut` where it was the
    /// whole rollout and not this host alone; else it says who left the host out and why.
    record Refused(
            String patch, @Nullable String by, @Nullable String reason, @Nullable String leftOut) {
        /// That, for people.
        String sentence() {
            if (leftOut != null) {
                return leftOut;
            }
            return by == null
                    ? "A person rolled it back on this host."
                    : "%s stopped it on this host: %s".formatted(by, reason);
        }
    }

    void add(Deployment d) {
        HostPlan plan = d.plan();
        database.sql(
                        """
                        insert into rollout.deployments
                            (rollout, host, plan, plan_digest, patches, wave, attempts, since,
                             order_id, state)
                        values (:rollout, :host, :plan::jsonb, :digest, :patches, :wave,
                                :attempts, :since, :order, :state::jsonb)
                        """)
                .param("rollout", d.rollout().value())
                .param("host", d.host().value())
                .param("plan", plan == null ? null : Stored.json(plan), Types.VARCHAR)
                .param("digest", plan == null ? null : plan.plan().digest(), Types.VARCHAR)
                .param("patches", patches(plan))
                .param("wave", d.wave())
                .param("attempts", d.attempts())
                .param("since", Stored.utc(d.since()))
                .param("order", d.order().map(OrderId::value).orElse(null), Types.OTHER)
                .param("state", Stored.json(d.state()))
                .update();
    }

    void save(Deployment d) {
        HostPlan plan = d.plan();
        database.sql(
                        """
                        update rollout.deployments
                        set plan = :plan::jsonb, plan_digest = :digest, patches = :patches,
                            wave = :wave, attempts = :attempts, since = :since,
                            order_id = :order, state = :state::jsonb
                        where rollout = :rollout and host = :host
                        """)
                .param("rollout", d.rollout().value())
                .param("host", d.host().value())
                .param("plan", plan == null ? null : Stored.json(plan), Types.VARCHAR)
                .param("digest", plan == null ? null : plan.plan().digest(), Types.VARCHAR)
                .param("patches", patches(plan))
                .param("wave", d.wave())
                .param("attempts", d.attempts())
                .param("since", Stored.utc(d.since()))
                .param("order", d.order().map(OrderId::value).orElse(null), Types.OTHER)
                .param("state", Stored.json(d.state()))
                .update();
    }

    /// Puts hosts into waves as of then.
    void waves(RolloutId rollout, Map<HostId, Integer> waves, Instant since) {
        List<Map.Entry<HostId, Integer>> each = List.copyOf(waves.entrySet());
        database.sql(
                        """
                        update rollout.deployments d
                        set wave = w.wave, since = :since
                        from unnest(cast(:hosts as uuid[]), cast(:waves as int[])) as w (host, wave)
                        where d.rollout = :rollout and d.host = w.host
                        """)
                .param("rollout", rollout.value())
                .param("since", Stored.utc(since))
                .param("hosts", each.stream().map(e -> e.getKey().value()).toArray(UUID[]::new))
                .param("waves", each.stream().map(Map.Entry::getValue).toArray(Integer[]::new))
                .update();
    }

    /// Settles who goes first within a wave: the higher, the sooner.
    void urgency(RolloutId rollout, Map<HostId, Double> urgency) {
        List<Map.Entry<HostId, Double>> each = List.copyOf(urgency.entrySet());
        database.sql(
                        """
                        update rollout.deployments d
                        set urgency = u.urgency
                        from unnest(cast(:hosts as uuid[]), cast(:urgencies as float8[]))
                                 as u (host, urgency)
                        where d.rollout = :rollout and d.host = u.host
                        """)
                .param("rollout", rollout.value())
                .param("hosts", each.stream().map(e -> e.getKey().value()).toArray(UUID[]::new))
                .param("urgencies", each.stream().map(Map.Entry::getValue).toArray(Double[]::new))
                .update();
    }

    private static String[] patches(@Nullable HostPlan plan) {
        return plan == null
                ? new String[0]
                : plan.patches().stream().map(Object::toString).toArray(String[]::new);
    }

    static Deployment deployment(ResultSet row) throws SQLException {
        String plan = row.getString("plan");
        return deployment(row, plan == null ? null : Json.read(plan, HostPlan.class));
    }

    static Deployment deployment(ResultSet row, @Nullable HostPlan plan) throws SQLException {
        return new Deployment(
                new RolloutId(row.getObject("rollout", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                plan,
                row.getInt("wave"),
                row.getInt("attempts"),
                Stored.instant(row, "since"),
                Json.read(row.getString("state"), Deployment.State.class));
    }
}
