package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// Which versions fix what, by release and source package.
public final class FixedVersions {
    private final Database database;

    public FixedVersions(Database database) {
        this.database = database;
    }

    /// What concerns `sources` in `release`, fixed or not; withdrawn advisories and releases that
    /// never were affected are left out.
    ///
    /// @param release as [Releases] names it
    public List<FixedVersion> forSources(String release, Set<String> sources) {
        return database.sql(
                        """
                        with asked as (
                            select :release::text as release, unnest(:sources::text[]) as source
                        ),
                        """
                                + FixesInForce.SQL
                                + """
                                select feed, advisory, ecosystem, release, source, introduced,
                                       fixed, urgency, cves, published
                                from believed
                                order by source, advisory, feed
                                """)
                .param("release", release)
                .param("sources", sources.toArray(String[]::new))
                .query((row, _) -> read(row))
                .list();
    }

    /// What these advisories fix, in every release.
    List<FixedVersion> ofAdvisories(List<String> advisories) {
        return database.sql(
                        """
                        select v.feed, v.advisory, v.ecosystem, v.release, v.source, v.introduced,
                               v.fixed, v.urgency, a.cves, a.published
                        from advisory.fixed_versions v
                        join advisory.advisories a on a.feed = v.feed and a.id = v.advisory
                        where v.advisory = any (:advisories::text[])
                          and v.state <> 'NOT_AFFECTED'
                        order by v.release, v.source, v.introduced
                        """)
                .param("advisories", advisories.toArray(String[]::new))
                .query((row, _) -> read(row))
                .list();
    }

    private static FixedVersion read(ResultSet row) throws SQLException {
        return new FixedVersion(
                row.getString("feed"),
                row.getString("advisory"),
                row.getString("ecosystem"),
                row.getString("release"),
                row.getString("source"),
                row.getString("introduced"),
                row.getString("fixed"),
                row.getString("urgency"),
                List.of((String[]) row.getArray("cves").getArray()),
                Feeds.instant(row, "published"));
    }
}
