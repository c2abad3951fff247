package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The checkpoints that hosts hold, as they last said.
public final class HeldCheckpoints {
    private final Database database;

    public HeldCheckpoints(Database database) {
        this.database = database;
    }

    /// The host's checkpoints, newest first.
    public List<CheckpointInfo> of(HostId host) {
        return database.sql(
                        """
                        select id, taken_at, plan_digest, bytes
                        from fleet.checkpoints
                        where host = :host
                        order by taken_at desc, id
                        """)
                .param("host", host.value())
                .query(
                        (row, _) ->
                                new CheckpointInfo(
                                        row.getString("id"),
                                        Times.get(row, "taken_at"),
                                        row.getString("plan_digest"),
                                        row.getLong("bytes")))
                .list();
    }

    /// Names what the host says it holds, so that an unchanged list is not written again.
    static String digest(List<CheckpointInfo> said) {
        return said.isEmpty()
                ? ""
                : Digests.sha256(
                        said.stream()
                                .map(CheckpointInfo::toString)
                                .sorted()
                                .collect(Collectors.joining("\n")));
    }

    void replace(HostId host, List<CheckpointInfo> said) {
        Map<String, CheckpointInfo> byId = new LinkedHashMap<>();
        said.forEach(checkpoint -> byId.put(checkpoint.id(), checkpoint));
        Collection<CheckpointInfo> held = byId.values();
        database.sql("delete from fleet.checkpoints where host = :host")
                .param("host", host.value())
                .update();
        database.sql(
                        """
                        insert into fleet.checkpoints (host, id, taken_at, plan_digest, bytes)
                        select :host, u.id, u.taken_at, u.plan_digest, u.bytes
                        from unnest(:ids::text[], :takenAts::timestamptz[], :plans::text[],
                                    :bytes::bigint[])
                             as u (id, taken_at, plan_digest, bytes)
                        """)
                .param("host", host.value())
                .param("ids", column(held, CheckpointInfo::id))
                .param("takenAts", column(held, c -> c.takenAt().toString()))
                .param("plans", column(held, CheckpointInfo::planDigest))
                .param("bytes", held.stream().map(CheckpointInfo::bytes).toArray(Long[]::new))
                .update();
    }

    private static String[] column(
            Collection<CheckpointInfo> held, Function<CheckpointInfo, String> value) {
        return held.stream().map(value).toArray(String[]::new);
    }
}
