package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/// What of earlier shapes hosts still run: a fix that is installed and not in effect has not ended
/// anything yet. When something new is reported as not in effect, the shape before is held; it is
/// let go once nothing of what was reported then is left.
final class HeldShapes {
    private final Database database;

    HeldShapes(Database database) {
        this.database = database;
    }

    /// Follows one inventory, before [ToldHistory] does: what was told of a shape is held with it.
    ///
    /// @param former the shape before this inventory; empty for the first one
    void follow(HostId host, String former, String shape, NotInEffect now, Instant at) {
        Set<Long> before = reported(host);
        letGo(host, now.all(), at);
        hold(host, former, shape, "KERNEL", without(now.kernel(), before), at);
        hold(host, former, shape, "ANY", without(now.other(), before), at);
        remember(host, now.all());
    }

    /// Lets everything go, as when the host is retired.
    void end(HostId host, Instant at) {
        letGo(host, Set.of(), at);
    }

    private Set<Long> reported(HostId host) {
        Set<Long> reported = new TreeSet<>();
        database.sql(
                        """
                        select unnest(not_in_effect) as number
                        from fleet.inventories
                        where host = :host
                        """)
                .param("host", host.value())
                .query(
                        row -> {
                            reported.add(row.getLong("number"));
                        });
        return reported;
    }

    private void letGo(HostId host, Set<Long> left, Instant at) {
        database.sql(
                        """
                        update fleet.held_shapes
                        set to_at    = case when evidence && :left then null
                                            else greatest(from_at, :now) end,
                            evidence = case when evidence && :left
                                            then array(select unnest(evidence)
                                                       intersect select unnest(:left))
                                            else evidence end
                        where host = :host and to_at is null
                        """)
                .param("host", host.value())
                .param("left", left.toArray(Long[]::new))
                .param("now", Times.sql(at))
                .update();
    }

    private void hold(
            HostId host, String former, String shape, String scope, Set<Long> fresh, Instant at) {
        if (fresh.isEmpty()) {
            return;
        }
        database.sql(
                        """
                        insert into fleet.held_shapes (host, shape, scope, evidence, from_at, told)
                        select :host, held.shape, :scope, :evidence, :now,
                               (select t.told
                                from fleet.told_history t
                                where t.host = :host
                                  and case when :former = :shape
                                           then t.from_at < held.to_at
                                                and (t.to_at is null or t.to_at >= held.to_at)
                                           else t.to_at is null end
                                order by t.from_at desc
                                limit 1)
                        from (select shape, to_at
                              from fleet.shape_history
                              where host = :host and shape <> :shape
                                and (shape = :former or :former = :shape)
                              order by from_at desc
                              limit 1) held
                        on conflict (host, scope, shape, from_at) do update
                        set to_at = null, evidence = held_shapes.evidence || excluded.evidence
                        """)
                .param("host", host.value())
                .param("former", former)
                .param("shape", shape)
                .param("scope", scope)
                .param("evidence", fresh.toArray(Long[]::new))
                .param("now", Times.sql(at))
                .update();
    }

    private void remember(HostId host, Set<Long> reported) {
        database.sql("update fleet.inventories set not_in_effect = :reported where host = :host")
                .param("host", host.value())
                .param("reported", reported.toArray(Long[]::new))
                .update();
    }

    private static Set<Long> without(Set<Long> all, Set<Long> known) {
        Set<Long> rest = new TreeSet<>(all);
        rest.removeAll(known);
        return rest;
    }
}
