package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Reads from the database what is, or was, pending on hosts. Every method is called in a snapshot.
final class PendingSetRows {
    private final Database database;

    PendingSetRows(Database database) {
        this.database = database;
    }

    /// Every set that a host has, or that was told of what it still runs.
    void all(Consumer<List<PendingSet>> taken) {
        Batches<PendingSet> batches = new Batches<>(taken);
        database.stream(
                """
                select number, sources, versions, cves, security, binaries
                from fleet.published_pending_sets
                where number in (select pending from fleet.published_exposure_hosts
                                 union
                                 select told from fleet.published_held_shapes where to_at is null)
                """,
                row -> batches.add(pendingSet(row)));
        batches.finish();
    }

    /// Those with these numbers.
    List<PendingSet> some(Set<Integer> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        return database.sql(
                        """
                        select number, sources, versions, cves, security, binaries
                        from fleet.published_pending_sets
                        where number = any (:numbers)
                        """)
                .param("numbers", numbers.toArray(Integer[]::new))
                .query((row, _) -> pendingSet(row))
                .list();
    }

    private static PendingSet pendingSet(ResultSet row) throws SQLException {
        String[] sources = texts(row.getArray("sources"));
        String[] versions = texts(row.getArray("versions"));
        String[] cves = texts(row.getArray("cves"));
        Boolean[] security = (Boolean[]) row.getArray("security").getArray();
        String[] binaries = texts(row.getArray("binaries"));
        List<PendingSet.Upgrade> upgrades = new ArrayList<>();
        for (int i = 0; i < sources.length; i++) {
            upgrades.add(
                    PendingSet.Upgrade.of(
                            sources[i].intern(),
                            versions[i].intern(),
                            words(cves[i]).map(String::intern).toList(),
                            security[i],
                            binaries.length == 0
                                    ? List.of()
                                    : words(binaries[i]).map(PendingSet.Binary::parse).toList()));
        }
        return new PendingSet(row.getInt("number"), upgrades);
    }

    private static Stream<String> words(String text) {
        return text.isEmpty() ? Stream.of() : Stream.of(text.split(" "));
    }

    /// Those whose changelogs name the vulnerability, now or ever.
    List<PendingSet> naming(String cve) {
        return database.sql(
                        """
                        select number, sources, versions, cves, security, binaries
                        from fleet.published_pending_sets
                        where named @> array[:cve]::text[]
                        """)
                .param("cve", cve)
                .query((row, _) -> pendingSet(row))
                .list();
    }

    /// What is pending on these hosts, or was told of what they still run.
    static Collection<Integer> of(List<HostFacts> hosts) {
        Set<Integer> sets = new HashSet<>();
        for (HostFacts each : hosts) {
            sets.add(each.pending());
            each.held().forEach(held -> sets.add(held.told()));
        }
        return sets;
    }

    private static String[] texts(Array array) throws SQLException {
        return (String[]) array.getArray();
    }
}
