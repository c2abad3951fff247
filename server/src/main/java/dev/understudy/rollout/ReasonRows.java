package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Reads the parts of hosts in rollouts by which it is told why patches are not installed, of many
/// hosts at once.
final class ReasonRows {
    private static final int LOOK_BACK = 20;

    private final Database database;

    ReasonRows(Database database) {
        this.database = database;
    }

    /// Of the newest parts of each host, those that are open or bring any of the patches, newest
    /// first.
    Map<HostId, List<Deployment>> of(Collection<HostId> hosts, Set<PatchId> patches) {
        Map<HostId, List<Deployment>> parts = new HashMap<>();
        database.sql(
                        """
                        with wanted as (select unnest(:patches::text[]) as patch)
                        select d.rollout, d.host, d.plan, d.wave, d.attempts, d.since, d.state
                        from unnest(:hosts::uuid[]) as h (host)
                        cross join lateral (select *
                                            from rollout.deployments
                                            where host = h.host
                                            order by open desc, since desc
                                            limit :back) d
                        where d.open
                           or exists (select
                                      from unnest(d.patches) as p (patch)
                                      where p.patch in (select patch from wanted))
                        order by d.host, d.open desc, d.since desc
                        """)
                .param("patches", names(patches))
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .param("back", LOOK_BACK)
                .query(
                        row -> {
                            Deployment each = Deployments.deployment(row);
                            parts.computeIfAbsent(each.host(), _ -> new ArrayList<>(1)).add(each);
                        });
        return parts;
    }

    /// The hosts that may have any: open ones, and those that failed with, were left out with, or
    /// were stopped with any of the patches.
    Set<HostId> hosts(Set<PatchId> patches) {
        return new HashSet<>(
                database.sql(
                                """
                                with wanted as (select unnest(:patches::text[]) as patch)
                                select distinct d.host
                                from rollout.deployments d
                                join rollout.rollouts r on r.id = d.rollout
                                where d.open
                                   or ((d.state_name in ('FailedInTwin', 'RolledBack')
                                        or (d.state_name = 'Skipped'
                                            and d.state ->> 'why' not in
                                                ('NOTHING_PENDING', 'IN_OTHER_ROLLOUT', 'RETIRED'))
                                        or r.state_name in ('RollingBack', 'RolledBack', 'Halted'))
                                       and exists (select
                                                   from unnest(d.patches) as p (patch)
                                                   where p.patch in (select patch from wanted)))
                                """)
                        .param("patches", names(patches))
                        .query((row, _) -> new HostId(row.getObject("host", UUID.class)))
                        .list());
    }

    private static String[] names(Set<PatchId> patches) {
        return patches.stream().map(PatchId::toString).toArray(String[]::new);
    }
}
