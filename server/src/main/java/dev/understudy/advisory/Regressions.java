package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.util.List;
import java.util.Set;

/// The vendors' notices in force that repair what an earlier one of their own broke.
public final class Regressions {
    private final Database database;

    public Regressions(Database database) {
        this.database = database;
    }

    /// Those that update any of the packages in the release.
    ///
    /// @param release as [Releases] names it
    public List<RegressionNoticed> of(String release, Set<String> sources) {
        return database.sql(
                        """
                        select a.feed, a.id, a.follows,
                               array(select distinct v.source
                                     from advisory.fixed_versions v
                                     where v.feed = a.feed and v.advisory = a.id
                                     order by v.source) as packages
                        from advisory.advisories a
                        where a.follows <> '' and a.withdrawn is null
                          and exists (select
                                      from advisory.fixed_versions v
                                      where v.feed = a.feed and v.advisory = a.id
                                        and v.release = :release and v.source = any (:sources::text[]))
                        order by a.feed, a.id
                        """)
                .param("release", release)
                .param("sources", sources.toArray(String[]::new))
                .query(
                        (row, _) ->
                                new RegressionNoticed(
                                        row.getString("feed"),
                                        row.getString("id"),
                                        row.getString("follows"),
                                        List.of((String[]) row.getArray("packages").getArray())))
                .list();
    }
}
