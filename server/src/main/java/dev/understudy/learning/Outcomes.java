package dev.understudy.learning;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.RolloutId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// How patches ended on hosts, and the sums of that.
final class Outcomes {
    private static final String CULPRIT = "CULPRIT";

    private final Database database;

    Outcomes(Database database) {
        this.database = database;
    }

    /// One end of a host's part in a rollout, about all its patches.
    ///
    /// @param kind what happened, so that it counts once
    /// @param failures for each patch, its share of the blame
    private record End(
            RolloutId rollout,
            HostId host,
            String kind,
            Instant at,
            boolean trial,
            Map<PatchId, BigDecimal> failures) {}

    /// A host was judged: it is well with the patches, or failed with them. A host counts as one
    /// trial however often it is judged in its rollout.
    void judged(
            RolloutId rollout,
            HostId host,
            List<PatchId> patches,
            String kind,
            boolean failed,
            Instant at) {
        BigDecimal share = failed && !patches.isEmpty() ? share(patches.size()) : BigDecimal.ZERO;
        Map<PatchId, BigDecimal> failures = new HashMap<>();
        patches.forEach(patch -> failures.put(patch, share));
        add(new End(rollout, host, kind, at, !knows(rollout, host), failures));
    }

    /// The blame for a host's failure moves to the patches that were found guilty; if none was, it
    /// stays shared.
    void blamed(RolloutId rollout, HostId host, Collection<PatchId> guilty, Instant at) {
        if (guilty.isEmpty()) {
            return;
        }
        Map<PatchId, BigDecimal> moved = new HashMap<>();
        shares(rollout, host)
                .forEach(
                        (patch, share) -> {
                            BigDecimal now =
                                    guilty.contains(patch) ? share(guilty.size()) : BigDecimal.ZERO;
                            moved.put(patch, now.subtract(share));
                        });
        add(new End(rollout, host, CULPRIT, at, false, moved));
    }

    private static BigDecimal share(int among) {
        return BigDecimal.ONE.divide(BigDecimal.valueOf(among), 9, RoundingMode.DOWN);
    }

    private boolean knows(RolloutId rollout, HostId host) {
        return database.sql(
                        """
                        select exists (select
                                       from learning.outcomes
                                       where rollout = :rollout and host = :host)
                        """)
                .param("rollout", rollout.value())
                .param("host", host.value())
                .query(Boolean.class)
                .single();
    }

    private Map<PatchId, BigDecimal> shares(RolloutId rollout, HostId host) {
        Map<PatchId, BigDecimal> shares = new HashMap<>();
        database.sql(
                        """
                        select patch, sum(failures) as failures
                        from learning.outcomes
                        where rollout = :rollout and host = :host
                        group by patch
                        """)
                .param("rollout", rollout.value())
                .param("host", host.value())
                .query(
                        (row, _) ->
                                shares.put(
                                        PatchId.parse(row.getString("patch")),
                                        row.getBigDecimal("failures")))
                .list();
        return shares;
    }

    private void add(End end) {
        List<PatchId> patches = end.failures().keySet().stream().sorted().toList();
        if (patches.isEmpty()) {
            return;
        }
        Map<PatchId, String> before = configurations(end.rollout(), end.host());
        String group = groups(Set.of(end.host())).getOrDefault(end.host(), "");
        database.sql(
                        """
                        with fresh as (
                            insert into learning.outcomes
                                (rollout, host, patch, kind, at, class, package, configuration,
                                 trials, failures)
                            select :rollout, :host, told.patch, :kind, :at, told.class,
                                   told.package, told.configuration, :trials, told.failures
                            from unnest(:patches::text[], :classes::text[], :packages::text[],
                                        :configurations::text[], :failures::numeric[])
                                 as told (patch, class, package, configuration, failures)
                            on conflict do nothing
                            returning patch, configuration, class, package, trials, failures, at)
                        insert into learning.tallies
                            (patch, configuration, class, package, trials, failures, last_at)
                        select patch, configuration, class, package, trials, failures, at
                        from fresh
                        on conflict (patch, configuration) do update
                        set trials = tallies.trials + excluded.trials,
                            failures = tallies.failures + excluded.failures,
                            last_at = greatest(tallies.last_at, excluded.last_at)
                        """)
                .param("rollout", end.rollout().value())
                .param("host", end.host().value())
                .param("kind", end.kind())
                .param("at", Stored.utc(end.at()))
                .param("trials", end.trial() ? 1 : 0)
                .param("patches", texts(patches.stream().map(PatchId::toString)))
                .param(
                        "classes",
                        texts(patches.stream().map(p -> PatchClass.of(p.source()).name())))
                .param("packages", texts(patches.stream().map(PatchId::source)))
                .param(
                        "configurations",
                        texts(
                                patches.stream()
                                        .map(p -> before.getOrDefault(p, configuration(p, group)))))
                .param(
                        "failures",
                        patches.stream()
                                .map(patch -> end.failures().getOrDefault(patch, BigDecimal.ZERO))
                                .toArray(BigDecimal[]::new))
                .update();
    }

    /// Where the host's outcomes in the rollout were counted; it may be in another group since.
    private Map<PatchId, String> configurations(RolloutId rollout, HostId host) {
        Map<PatchId, String> configurations = new HashMap<>();
        database.sql(
                        """
                        select distinct patch, configuration
                        from learning.outcomes
                        where rollout = :rollout and host = :host
                        """)
                .param("rollout", rollout.value())
                .param("host", host.value())
                .query(
                        (row, _) ->
                                configurations.put(
                                        PatchId.parse(row.getString("patch")),
                                        row.getString("configuration")))
                .list();
        return configurations;
    }

    private static String[] texts(Stream<String> texts) {
        return texts.toArray(String[]::new);
    }

    /// What hosts of one kind have in common: their release and their group.
    static String configuration(PatchId patch, String group) {
        return patch.release() + " " + group;
    }

    /// The groups of hosts.
    Map<HostId, String> groups(Collection<HostId> hosts) {
        Map<HostId, String> groups = new HashMap<>();
        database.sql(
                        """
                        select id, group_name
                        from fleet.published_hosts
                        where id = any(:hosts)
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                groups.put(
                                        new HostId(row.getObject("id", UUID.class)),
                                        row.getString("group_name")))
                .list();
        return groups;
    }

    /// What was seen of patches of these classes, and the snapshot in which that was so.
    record Snapshot(String snapshot, List<Evidence> evidence) {}

    Snapshot now(Collection<PatchClass> classes) {
        List<Evidence> evidence = new ArrayList<>();
        List<String> snapshots =
                database.sql(
                                """
                                select pg_current_snapshot()::text as snapshot, patch,
                                       configuration, class, package, trials, failures, last_at
                                from (select 1) as one
                                left join learning.tallies on class = any(:classes)
                                """)
                        .param("classes", texts(classes.stream().map(PatchClass::name)))
                        .query(
                                (row, _) -> {
                                    if (row.getString("patch") != null) {
                                        evidence.add(evidence(row));
                                    }
                                    return row.getString("snapshot");
                                })
                        .list();
        return new Snapshot(snapshots.getFirst(), evidence);
    }

    /// What was seen in an earlier snapshot, summed up anew from every single outcome.
    List<Evidence> asOf(String snapshot, Collection<PatchClass> classes) {
        return database.sql(
                        """
                        select patch, configuration, class, package, sum(trials) as trials,
                               sum(failures) as failures, max(at) as last_at
                        from learning.outcomes
                        where class = any(:classes)
                          and pg_visible_in_snapshot(tx, :snapshot::pg_snapshot)
                        group by patch, configuration, class, package
                        """)
                .param("classes", texts(classes.stream().map(PatchClass::name)))
                .param("snapshot", snapshot)
                .query((row, _) -> evidence(row))
                .list();
    }

    private static Evidence evidence(ResultSet row) throws SQLException {
        return new Evidence(
                row.getString("patch"),
                row.getString("configuration"),
                PatchClass.valueOf(row.getString("class")),
                row.getString("package"),
                row.getLong("trials"),
                row.getBigDecimal("failures").doubleValue(),
                Stored.instant(row, "last_at"));
    }

    /// A host that was judged in a rollout, and whether it failed.
    record Judged(HostId host, boolean failed) {}

    List<Judged> of(RolloutId rollout) {
        return database.sql(
                        """
                        select host, sum(failures) > 0 as failed
                        from learning.outcomes
                        where rollout = :rollout
                        group by host
                        order by host
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Judged(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getBoolean("failed")))
                .list();
    }
}
