package dev.understudy.rollout;

import dev.understudy.fleet.KnownHealth;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What rollouts know of how hosts fare.
final class HealthFromRollouts implements KnownHealth {
    private final Database database;

    HealthFromRollouts(Database database) {
        this.database = database;
    }

    @Override
    public Map<HostId, String> atWork() {
        Map<HostId, String> atWork = new HashMap<>();
        database.sql(
                        """
                        select host, rollout, state_name
                        from rollout.deployments
                        where open and state_name in
                                  ('Applying', 'Doubtful', 'Verifying', 'RollingBack')
                        """)
                .query(
                        (row, _) ->
                                atWork.put(
                                        new HostId(row.getObject("host", UUID.class)),
                                        doing(row.getString("state_name"))
                                                + in(row.getObject("rollout", UUID.class))))
                .list();
        return atWork;
    }

    private static String doing(String state) {
        return switch (state) {
            case "Applying" -> "is being patched";
            case "Doubtful" -> "took up its patch and was not heard of since";
            case "Verifying" -> "reboots after its patch";
            case "RollingBack" -> "is being put back";
            default -> throw new IllegalStateException("a host at work is " + state);
        };
    }

    private static String in(UUID rollout) {
        return " (rollout %s)".formatted(new RolloutId(rollout).brief());
    }

    /// By the last rollout that did something to each.
    @Override
    public List<Doubt> doubts(Collection<HostId> hosts) {
        return database.sql(
                        """
                        select host, rollout, since, state_name
                        from (select distinct on (host) host, rollout, since, state_name
                              from rollout.deployments
                              where host = any (:hosts)
                                and state_name not in
                                        ('Planned', 'Rehearsing', 'Rehearsed', 'FailedInTwin',
                                         'Skipped')
                              order by host, since desc) last
                        where state_name in ('Unhealthy', 'Broken', 'Doubtful')
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                new Doubt(
                                        new HostId(row.getObject("host", UUID.class)),
                                        Stored.instant(row, "since"),
                                        !row.getString("state_name").equals("Broken"),
                                        fared(row.getString("state_name"))
                                                + in(row.getObject("rollout", UUID.class))))
                .list();
    }

    private static String fared(String state) {
        return switch (state) {
            case "Unhealthy" -> "turned unhealthy after its patch";
            case "Broken" -> "could not be put back whole";
            case "Doubtful" -> "took up its patch and was not heard of since";
            default -> throw new IllegalStateException("a host in doubt is " + state);
        };
    }

    @Override
    public Map<HostId, String> ahead(Collection<HostId> hosts) {
        Map<HostId, String> ahead = new HashMap<>();
        database.sql(
                        """
                        select host, rollout
                        from rollout.deployments
                        where open and host = any (:hosts)
                          and state_name in ('Planned', 'Rehearsing', 'Rehearsed')
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                ahead.put(
                                        new HostId(row.getObject("host", UUID.class)),
                                        "is still to be patched"
                                                + in(row.getObject("rollout", UUID.class))))
                .list();
        return ahead;
    }
}
