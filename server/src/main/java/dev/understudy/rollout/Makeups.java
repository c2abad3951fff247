package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// The makeup that each host of a rollout had when it was started.
final class Makeups {
    private final Database database;

    Makeups(Database database) {
        this.database = database;
    }

    Map<HostId, String> of(RolloutId rollout) {
        return database
                .sql("select host, makeup from rollout.makeups where rollout = :rollout")
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                Map.entry(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getString("makeup")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    void keep(RolloutId rollout, Map<HostId, String> makeups) {
        database.sql(
                        """
                        insert into rollout.makeups (rollout, host, makeup)
                        select :rollout, m.host, m.makeup
                        from unnest(cast(:hosts as uuid[]), cast(:makeups as text[]))
                                 as m (host, makeup)
                        """)
                .param("rollout", rollout.value())
                .param("hosts", makeups.keySet().stream().map(HostId::value).toArray(UUID[]::new))
                .param("makeups", makeups.values().toArray(String[]::new))
                .update();
    }
}
