package dev.understudy.risk;

import dev.understudy.advisory.Releases;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.exposure.KnownAs;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The patches that any host's package manager would install now, or would once, read from the
/// database.
public final class PendingPatches {
    private final Database database;

    public PendingPatches(Database database) {
        this.database = database;
    }

    /// Those of a release and of a source package as advisories know it.
    public Set<PatchId> of(String release, String source) {
        Set<PatchId> found = new TreeSet<>();
        database.sql(
                        """
                        select distinct s.distribution, s.version as of_release, s.codename,
                               u.source, u.version
                        from (select distinct shape, pending
                              from fleet.published_exposure_hosts
                              where shape is not null and pending is not null) h
                        join fleet.published_shapes s on s.number = h.shape
                        join fleet.published_pending_sets p on p.number = h.pending
                        cross join unnest(p.sources, p.versions) as u (source, version)
                        where u.source = :source or u.source like 'linux-signed-%'
                        """)
                .param("source", source)
                .query(
                        row -> {
                            read(row)
                                    .filter(patch -> is(patch, release, source))
                                    .ifPresent(found::add);
                        });
        return found;
    }

    /// Those of one host.
    public Set<PatchId> of(HostId host) {
        Set<PatchId> found = new TreeSet<>();
        database.sql(
                        """
                        select s.distribution, s.version as of_release, s.codename,
                               u.source, u.version
                        from fleet.published_exposure_hosts h
                        join fleet.published_shapes s on s.number = h.shape
                        join fleet.published_pending_sets p on p.number = h.pending
                        cross join unnest(p.sources, p.versions) as u (source, version)
                        where h.id = :host
                        """)
                .param("host", host.value())
                .query(
                        row -> {
                            read(row).ifPresent(found::add);
                        });
        return found;
    }

    private static Optional<PatchId> read(ResultSet row) throws SQLException {
        return PatchId.find(
                Releases.ofHost(
                        row.getString("distribution"),
                        row.getString("of_release"),
                        row.getString("codename")),
                row.getString("source"),
                row.getString("version"));
    }

    private static boolean is(PatchId patch, String release, String source) {
        return patch.release().equals(release) && KnownAs.source(patch.source()).equals(source);
    }

    /// Those that any host ever had before it, as far as they were ranked.
    public Set<PatchId> everSeen(String release, String source) {
        Set<PatchId> found = new TreeSet<>();
        database.sql("select id from risk.patches where starts_with(id, :release)")
                .param("release", release + "/")
                .query(
                        row -> {
                            PatchId patch = PatchId.parse(row.getString("id"));
                            if (is(patch, release, source)) {
                                found.add(patch);
                            }
                        });
        return found;
    }
}
