package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// What hosts are called, many at once.
public final class HostNames {
    private final Database database;

    public HostNames(Database database) {
        this.database = database;
    }

    public record Named(String name, String group) {
        public static final Named NOBODY = new Named("", "");
    }

    /// Those of `hosts` that there are.
    public Map<HostId, Named> of(Collection<HostId> hosts) {
        Map<HostId, Named> named = new HashMap<>();
        if (hosts.isEmpty()) {
            return named;
        }
        database.sql("select id, name, group_name from fleet.hosts where id = any (:ids)")
                .param("ids", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        row -> {
                            named.put(
                                    new HostId(row.getObject("id", UUID.class)),
                                    new Named(row.getString("name"), row.getString("group_name")));
                        });
        return named;
    }
}
