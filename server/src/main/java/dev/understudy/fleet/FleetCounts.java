package dev.understudy.fleet;

import dev.understudy.platform.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The fleet in numbers, for monitoring.
///
/// @param hosts hosts that are not retired
/// @param silent those of them that have not checked in for three polls, or never
/// @param lost those of them that have not checked in for a day, or never
/// @param openOrders orders of which more is to be expected
/// @param lostEvents events of hosts that a restore of the database lost for good
public record FleetCounts(
        long hosts, long silent, long lost, long shapes, long openOrders, long lostEvents) {

    public static FleetCounts count(
            Database database, InstantSource clock, FleetSettings settings) {
        Instant now = clock.instant();
        return database.sql(
                        """
                        select count(*) as hosts,
                               count(*) filter (where last_seen is null
                                                   or last_seen < :silentBefore) as silent,
                               count(*) filter (where last_seen is null
                                                   or last_seen < :lostBefore) as lost,
                               (select count(*) from fleet.shapes) as shapes,
                               (select count(*)
                                from fleet.orders
                                where state in ('QUEUED', 'DELIVERED', 'ACCEPTED')) as open_orders,
                               (select coalesce(sum(last - first + 1), 0)
                                from fleet.lost_events) as lost_events
                        from fleet.hosts
                        where retired_at is null
                        """)
                .param("silentBefore", Times.sql(now.minus(settings.poll().multipliedBy(3))))
                .param("lostBefore", Times.sql(now.minus(Duration.ofDays(1))))
                .query(
                        (row, _) ->
                                new FleetCounts(
                                        row.getLong("hosts"),
                                        row.getLong("silent"),
                                        row.getLong("lost"),
                                        row.getLong("shapes"),
                                        row.getLong("open_orders"),
                                        row.getLong("lost_events")))
                .single();
    }
}
