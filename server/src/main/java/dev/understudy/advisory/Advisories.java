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
    ///
    /// @param follows the advisory whose regression it repairs; empty if none
    /// @param followedBy advisories that repair what this one broke
    public record Entry(
            String feed,
            String id,
            List<String> cves,
            List<String> aliases,
            List<String> related,
            @Nullable Instant published,
            @Nullable Instant modified,
            @Nullable Instant withdrawn,
            String summary,
            String severity,
            String follows,
            List<String> followedBy,
            List<FixedVersion> fixes) {
        public Entry {
            cves = List.copyOf(cves);
            aliases = List.copyOf(aliases);
            related = List.copyOf(related);
            followedBy = List.copyOf(followedBy);
            fixes = List.copyOf(fixes);
        }
    }

    /// Every entry with that id, or that is about that CVE: at most 200, the newest first.
    public List<Entry> find(String id) {
        return withFixes(
                database.sql(
                                """
                        select a.feed, a.id, a.cves, a.aliases, a.upstream || a.related as related,
                               a.published, a.modified, a.withdrawn, a.summary, a.severity,
                               a.follows,
                               array(select distinct f.id from advisory.advisories f
                                     where f.follows = a.id and f.follows <> ''
                                     order by f.id) as followed_by
                        from advisory.advisories a
                        where a.id = :id or a.cves @> array[:id]::text[]
                        order by a.published desc nulls last, a.id, a.feed
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
                                        entry.related(),
                                        entry.published(),
                                        entry.modified(),
                                        entry.withdrawn(),
                                        entry.summary(),
                                        entry.severity(),
                                        entry.follows(),
                                        entry.followedBy(),
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
                List.of((String[]) row.getArray("related").getArray()),
                FeedRegister.instant(row, "published"),
                FeedRegister.instant(row, "modified"),
                FeedRegister.instant(row, "withdrawn"),
                row.getString("summary"),
                row.getString("severity"),
                row.getString("follows"),
                List.of((String[]) row.getArray("followed_by").getArray()),
                List.of());
    }
}
