package dev.understudy.advisory;

import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// Which versions fix what, by release and package.
///
/// Where feeds differ on a CVE in a package of a release, the one with the lowest rank in
/// `advisory.precedence` that says FIXED or NOT_AFFECTED overrules every feed of a higher rank, and
/// feeds without a rank. NOT_FIXED and UNDER_INVESTIGATION overrule nobody, so that a fix is
/// believed as soon as anybody names it; and feeds of one rank are all heard.
public final class FixedVersions {
    private final Database database;

    public FixedVersions(Database database) {
        this.database = database;
    }

    /// What affects `sources` in `release`, fixed or not; withdrawn advisories and what is not
    /// affected are left out.
    ///
    /// @param release as [Releases] names it
    public List<FixedVersion> forSources(String release, Set<String> sources) {
        return find(release, PackageKind.SOURCE, sources, true);
    }

    /// The same for binary packages, by which most RPM distributions name what they fix.
    public List<FixedVersion> forBinaries(String release, Set<String> binaries) {
        return find(release, PackageKind.BINARY, binaries, true);
    }

    /// What a feed says is not affected, with its reason.
    public List<FixedVersion> notAffected(String release, PackageKind kind, Set<String> names) {
        return find(release, kind, names, false);
    }

    private List<FixedVersion> find(
            String release, PackageKind kind, Set<String> names, boolean affects) {
        return database.sql(
                        """
                        with asked as (
                            select :release::text as release, unnest(:names::text[]) as source
                        ),
                        """
                                + FixesInForce.SQL
                                + """
                                select feed, advisory, ecosystem, release, package_kind, source,
                                       state, introduced, fixed, last_affected, urgency, note,
                                       cves, published
                                from heard
                                where package_kind = :kind
                                  and (state <> 'NOT_AFFECTED') = :affects
                                order by source, advisory, feed, introduced, fixed
                                """)
                .param("release", release)
                .param("kind", kind.name())
                .param("affects", affects)
                .param("names", names.toArray(String[]::new))
                .query((row, _) -> read(row))
                .list();
    }

    /// What these advisories say, in every release, not affected included.
    public List<FixedVersion> ofAdvisories(List<String> advisories) {
        return database.sql(
                        """
                        select v.feed, v.advisory, v.ecosystem, v.release, v.package_kind,
                               v.source, v.state, v.introduced, v.fixed, v.last_affected,
                               v.urgency, v.note, a.published,
                               case when v.cve = '' then a.cves else array[v.cve] end as cves
                        from advisory.fixed_versions v
                        join advisory.advisories a on a.feed = v.feed and a.id = v.advisory
                        where v.advisory = any (:advisories::text[])
                        order by v.release, v.source, v.introduced, v.fixed
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
                PackageKind.valueOf(row.getString("package_kind")),
                row.getString("source"),
                FixState.valueOf(row.getString("state")),
                row.getString("introduced"),
                row.getString("fixed"),
                row.getString("last_affected"),
                row.getString("urgency"),
                row.getString("note"),
                List.of((String[]) row.getArray("cves").getArray()),
                FeedRegister.instant(row, "published"));
    }
}
