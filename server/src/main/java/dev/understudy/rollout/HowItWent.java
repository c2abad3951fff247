package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.rollout.RolloutViews.Numbers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// Rollouts in numbers.
final class HowItWent {
    private final Database database;
    private final InstantSource clock;

    HowItWent(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    Numbers of(Rollout rollout, List<Deployment> parts) {
        Map<UUID, Integer> begun =
                database
                        .sql(
                                """
                                select host, count(*) as times
                                from rollout.diary
                                where rollout = :rollout and what = 'Applying'
                                group by host
                                """)
                        .param("rollout", rollout.id().value())
                        .query(
                                (row, _) ->
                                        Map.entry(
                                                row.getObject("host", UUID.class),
                                                row.getInt("times")))
                        .list()
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        long firstTime =
                parts.stream()
                        .filter(d -> begun.getOrDefault(d.host().value(), 0) == 1)
                        .filter(
                                d ->
                                        d.state() instanceof Deployment.State.Done
                                                || d.state()
                                                        instanceof Deployment.State.NotInEffect)
                        .count();
        return new Numbers(begun.size(), (int) firstTime, phases(rollout));
    }

    private Map<String, Duration> phases(Rollout rollout) {
        Map<String, Duration> phases = new TreeMap<>();
        database.sql(
                        """
                        select what, sum(extract(epoch from coalesce(left_at, :now) - at)) as took
                        from (select what, at, lead(at) over (order by id) as left_at
                              from rollout.diary
                              where rollout = :rollout and host is null) as phase
                        where what not in ('Completed', 'Halted', 'RolledBack')
                        group by what
                        """)
                .param("rollout", rollout.id().value())
                .param("now", Stored.utc(clock.instant()))
                .query(
                        (row, _) ->
                                Map.entry(
                                        row.getString("what"),
                                        Duration.ofMillis(
                                                Math.round(1000 * row.getDouble("took")))))
                .list()
                .forEach(phase -> phases.put(phase.getKey(), phase.getValue()));
        return phases;
    }

    /// How many hosts of each rollout are in which state.
    Map<UUID, Map<String, Integer>> tallies(Collection<UUID> ids) {
        Map<UUID, Map<String, Integer>> tallies = new TreeMap<>();
        database.sql(
                        """
                        select rollout, state_name, count(*) as hosts
                        from rollout.deployments
                        where rollout = any (:ids)
                        group by rollout, state_name
                        """)
                .param("ids", ids.toArray(UUID[]::new))
                .query(
                        (row, _) -> {
                            tallies.computeIfAbsent(
                                            row.getObject("rollout", UUID.class),
                                            _ -> new TreeMap<>())
                                    .put(row.getString("state_name"), row.getInt("hosts"));
                            return true;
                        })
                .list();
        return tallies;
    }
}
