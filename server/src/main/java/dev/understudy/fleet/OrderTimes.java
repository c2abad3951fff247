package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// How long orders took, from being issued until the host told how they ended.
public final class OrderTimes {
    private static final int LOOK_BACK = 2_000;

    private final Database database;

    public OrderTimes(Database database) {
        this.database = database;
    }

    /// Medians of one kind of order.
    ///
    /// @param usual of the last orders of any host
    /// @param known whether there were any; if not, `usual` is a guess
    /// @param ofHosts of each host that had some
    public record Times(Duration usual, boolean known, Map<HostId, Duration> ofHosts) {
        public Times {
            ofHosts = Map.copyOf(ofHosts);
        }

        public Duration of(HostId host) {
            return ofHosts.getOrDefault(host, usual);
        }
    }

    public Times applies(Collection<HostId> hosts, Duration guess) {
        return times("Apply", hosts, guess);
    }

    public Times rehearsals(Duration guess) {
        return times("Rehearse", java.util.List.of(), guess);
    }

    private Times times(String kind, Collection<HostId> hosts, Duration guess) {
        Map<HostId, Duration> ofHosts = new HashMap<>();
        database.sql(
                        """
                        select host, percentile_cont(0.5) within group
                                         (order by extract(epoch from ended_at - issued_at)) as took
                        from fleet.orders
                        where kind = :kind and state = 'ENDED' and accepted_at is not null
                          and host = any (:hosts)
                        group by host
                        """)
                .param("kind", kind)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                ofHosts.put(
                                        new HostId(row.getObject("host", UUID.class)),
                                        seconds(row.getDouble("took"))))
                .list();
        return database.sql(
                        """
                        select percentile_cont(0.5) within group (order by took) as took
                        from (select extract(epoch from ended_at - issued_at) as took
                              from fleet.orders
                              where kind = :kind and state = 'ENDED' and accepted_at is not null
                              order by ended_at desc
                              limit :most) last
                        """)
                .param("kind", kind)
                .param("most", LOOK_BACK)
                .query(
                        (row, _) ->
                                row.getObject("took") == null
                                        ? new Times(guess, false, ofHosts)
                                        : new Times(seconds(row.getDouble("took")), true, ofHosts))
                .single();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofSeconds(Math.max(1, Math.round(seconds)));
    }
}
