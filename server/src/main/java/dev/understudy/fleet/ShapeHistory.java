package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.Optional;

/// Which shape each host had from when to when. The times of one host never run backwards, even
/// where the clocks of two replicas differ.
public final class ShapeHistory {
    private final Database database;

    public ShapeHistory(Database database) {
        this.database = database;
    }

    /// The host's shape at that time; empty before its first inventory and after it was retired.
    public Optional<String> at(HostId host, Instant time) {
        return database.sql(
                        """
                        select shape
                        from fleet.shape_history
                        where host = :host and from_at <= :time and (to_at is null or to_at > :time)
                        """)
                .param("host", host.value())
                .param("time", Times.sql(time))
                .query(String.class)
                .optional();
    }

    void changed(HostId host, String shape, Instant now) {
        Instant from = end(host, now).orElse(now);
        database.sql(
                        """
                        insert into fleet.shape_history (host, shape, from_at)
                        values (:host, :shape, :from)
                        on conflict (host, from_at) do update
                        set shape = excluded.shape, to_at = null
                        """)
                .param("host", host.value())
                .param("shape", shape)
                .param("from", Times.sql(from))
                .update();
    }

    /// Ends the shape that the host has now.
    Optional<Instant> end(HostId host, Instant now) {
        return database.sql(
                        """
                        update fleet.shape_history
                        set to_at = greatest(from_at, :now)
                        where host = :host and to_at is null
                        returning to_at
                        """)
                .param("host", host.value())
                .param("now", Times.sql(now))
                .query((row, _) -> Times.get(row, "to_at"))
                .optional();
    }
}
