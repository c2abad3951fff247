package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The advisories of all feeds, to look one up.
public final class Advisories {
    private final Database database;
    private final FixedVersions fixes;

    public Advisories(Database database) {
        this.database = database;
        this.fixes = new FixedVersions(database);
    }

    /// An advisory as one feed has it.
    public record Entry(
            String feed,
            String id,
            List<String> cves,
            List<String> aliases,
            @Nullable Instant published,
            @Nullable Instant modified,
            @Nullable Instant withdrawn,
            String summary,
            List<FixedVersion> fixes) {
        public Entry {
            cves = List.copyOf(cves);
            aliases = List.copyOf(aliases);
            fixes = List.copyOf(fixes);
        }
    }

    /// Every entry with that id, or that is about that CVE: at most 200, the newest first.
    public List<Entry> find(String id) {
        return withFixes(
                database.sql(
                                """
                        select feed, id, cves, aliases, published, modified, withdrawn, summary
                        from advisory.advisories
                        where id = :id or cves @> array[:id]::text[]
                        order by published desc nulls last, id, feed
                        limit 200
                        """)
                        .param("id", id)
                        .query((row, _) -> read(row))
                        .list());
    }

    private List<Entry> withFixes(List<Entry> entries) {
        Map<String, List<FixedVersion>> known =
                fixes.ofAdvisories(entries.stream().map(Entry::id).distinct().toList()).stream()
                        .collect(Collectors.groupingBy(fix -> fix.feed() + " " + fix.advisory()));
        return entries.stream()
                .map(
                        entry ->
                                new Entry(
                                        entry.feed(),
                                        entry.id(),
                                        entry.cves(),
                                        entry.aliases(),
                                        entry.published(),
                                        entry.modified(),
                                        entry.withdrawn(),
                                        entry.summary(),
                                        known.getOrDefault(
                                                entry.feed() + " " + entry.id(), List.of())))
                .toList();
    }

    private static Entry read(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("feed"),
                row.getString("id"),
                List.of((String[]) row.getArray("cves").getArray()),
                List.of((String[]) row.getArray("aliases").getArray()),
                Feeds.instant(row, "published"),
                Feeds.instant(row, "modified"),
                Feeds.instant(row, "withdrawn"),
                row.getString("summary"),
                List.of());
    }
}
