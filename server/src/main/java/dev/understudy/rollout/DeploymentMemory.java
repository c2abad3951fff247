package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// The hosts of rollouts as they were read last: a look at a large rollout reads only what changed
/// since. Every change gives a row a new revision; the sum of all revisions tells whether what is
/// remembered and what changed make up the whole, so that a database that was put back is noticed.
final class DeploymentMemory {
    /// So many hosts are remembered, of the rollouts that were looked at last.
    private static final int MOST = 200_000;

    /// By wave; within one, the most urgent first.
    private static final Comparator<Row> ORDER =
            Comparator.comparingInt((Row row) -> row.deployment().wave())
                    .thenComparing(Row::urgency, Comparator.reverseOrder())
                    .thenComparing(row -> row.deployment().host());

    private final Database database;
    private final LinkedHashMap<RolloutId, Known> remembered = new LinkedHashMap<>(16, 0.75f, true);

    DeploymentMemory(Database database) {
        this.database = database;
    }

    private record Row(Deployment deployment, double urgency, long revision) {}

    /// @param sum of all revisions
    /// @param sorted the hosts in [#ORDER]
    private record Known(Map<HostId, Row> rows, long newest, long sum, List<Deployment> sorted) {
        static final Known NOTHING = new Known(Map.of(), -1, 0, List.of());

        static Known of(Map<HostId, Row> rows) {
            long newest = -1;
            long sum = 0;
            for (Row row : rows.values()) {
                newest = Math.max(newest, row.revision());
                sum += row.revision();
            }
            return new Known(
                    rows,
                    newest,
                    sum,
                    rows.values().stream().sorted(ORDER).map(Row::deployment).toList());
        }
    }

    /// What one statement saw.
    ///
    /// @param hosts how many the rollout has
    /// @param sum of all their revisions
    /// @param changed those with a newer revision
    private record Seen(int hosts, long sum, List<Row> changed) {}

    /// The hosts of a rollout, by wave; within one, the most urgent first.
    List<Deployment> of(RolloutId rollout) {
        Known known = recall(rollout);
        Seen seen = changed(rollout, known.newest());
        Known now = with(known, seen.changed());
        boolean whole = now.rows().size() == seen.hosts() && now.sum() == seen.sum();
        if (!whole) {
            now = with(Known.NOTHING, changed(rollout, -1).changed());
        }
        if (!whole || !seen.changed().isEmpty()) {
            afterwards(rollout, now);
        }
        return now.sorted();
    }

    private static Known with(Known known, List<Row> changed) {
        if (changed.isEmpty()) {
            return known;
        }
        Map<HostId, Row> rows = new HashMap<>(known.rows());
        changed.forEach(row -> rows.put(row.deployment().host(), row));
        return Known.of(rows);
    }

    private Seen changed(RolloutId rollout, long after) {
        Map<String, HostPlan> plans = new HashMap<>();
        List<Row> changed = new ArrayList<>();
        Seen[] whole = {new Seen(0, 0, changed)};
        database.sql(
                        """
                        select t.hosts, t.sum, d.rollout, d.host, d.plan, d.wave, d.attempts,
                               d.since, d.state, d.urgency, d.revision
                        from (select count(*) as hosts, coalesce(sum(revision), 0)::bigint as sum
                              from rollout.deployments
                              where rollout = :rollout) as t
                        left join rollout.deployments d
                               on d.rollout = :rollout and d.revision > :after
                        """)
                .param("rollout", rollout.value())
                .param("after", after)
                .query(
                        row -> {
                            whole[0] = new Seen(row.getInt("hosts"), row.getLong("sum"), changed);
                            if (row.getObject("host") != null) {
                                changed.add(row(row, plans));
                            }
                        });
        return whole[0];
    }

    /// Hosts of one rollout mostly get one of a few plans, of which one object each is kept.
    private static Row row(ResultSet row, Map<String, HostPlan> plans) throws SQLException {
        String plan = row.getString("plan");
        return new Row(
                Deployments.deployment(
                        row,
                        plan == null
                                ? null
                                : plans.computeIfAbsent(
                                        plan, text -> Json.read(text, HostPlan.class))),
                row.getDouble("urgency"),
                row.getLong("revision"));
    }

    private Known recall(RolloutId rollout) {
        synchronized (remembered) {
            return remembered.getOrDefault(rollout, Known.NOTHING);
        }
    }

    /// Only what is committed is remembered.
    private void afterwards(RolloutId rollout, Known known) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            remember(rollout, known);
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        remember(rollout, known);
                    }
                });
    }

    private void remember(RolloutId rollout, Known known) {
        synchronized (remembered) {
            remembered.put(rollout, known);
            int all = remembered.values().stream().mapToInt(each -> each.rows().size()).sum();
            Iterator<Known> eldest = remembered.values().iterator();
            while (all > MOST && eldest.hasNext()) {
                all -= eldest.next().rows().size();
                eldest.remove();
            }
        }
    }
}
