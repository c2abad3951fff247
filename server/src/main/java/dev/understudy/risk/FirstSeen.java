package dev.understudy.risk;

import dev.understudy.platform.Database;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// When each patch was first seen by this control plane, on whatever host.
final class FirstSeen {
    private final Database database;

    /// What was read; it never changes.
    private final Map<PatchId, Instant> known = new ConcurrentHashMap<>();

    FirstSeen(Database database) {
        this.database = database;
    }

    /// The times of all `patches`; those never seen before are seen now.
    Map<PatchId, Instant> of(Set<PatchId> patches, Instant now) {
        Map<PatchId, Instant> seen = find(patches);
        String[] unseen =
                patches.stream()
                        .filter(id -> !seen.containsKey(id))
                        .map(PatchId::toString)
                        .sorted()
                        .toArray(String[]::new);
        if (unseen.length == 0) {
            return seen;
        }
        database.sql(
                        """
                        insert into risk.patches (id, first_seen)
                        select u.id, :now from unnest(:ids::text[]) as u (id)
                        on conflict (id) do nothing
                        """)
                .param("ids", unseen)
                .param("now", Timestamp.from(now))
                .update();
        return find(patches);
    }

    private Map<PatchId, Instant> find(Set<PatchId> patches) {
        Map<PatchId, Instant> seen = new HashMap<>();
        String[] unknown =
                patches.stream()
                        .filter(each -> !known.containsKey(each))
                        .map(PatchId::toString)
                        .toArray(String[]::new);
        if (unknown.length > 0) {
            read(unknown);
        }
        for (PatchId each : patches) {
            Instant at = known.get(each);
            if (at != null) {
                seen.put(each, at);
            }
        }
        return seen;
    }

    private void read(String[] patches) {
        database.sql("select id, first_seen from risk.patches where id = any (:ids::text[])")
                .param("ids", patches)
                .query(
                        row -> {
                            known.put(
                                    PatchId.parse(row.getString("id")),
                                    row.getTimestamp("first_seen").toInstant());
                        });
    }
}
