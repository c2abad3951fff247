package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.PendingUpgrade;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// What hosts' package managers would install now, by source version, with the CVEs that the
/// changelogs name; each set once for all hosts that have it.
final class PendingSets {
    private final Database database;

    PendingSets(Database database) {
        this.database = database;
    }

    /// Keeps the set and gives its digest. Which packages come with a source is kept where
    /// advisories may speak of these: everywhere but with apt.
    String keep(List<PendingUpgrade> pending, Capabilities capabilities) {
        List<Source> sources = sources(pending, !capabilities.packageManager().equals("apt"));
        String digest = Digests.sha256(sources.toString());
        database.sql(
                        """
                        insert into fleet.pending_sets
                            (digest, sources, versions, cves, security, named, binaries)
                        select :digest, :sources, :versions, :cves, :security, :named, :binaries
                        where not exists (select from fleet.pending_sets where digest = :digest)
                        on conflict (digest) do nothing
                        """)
                .param("digest", digest)
                .param("sources", sources.stream().map(Source::name).toArray(String[]::new))
                .param("versions", sources.stream().map(Source::version).toArray(String[]::new))
                .param(
                        "cves",
                        sources.stream()
                                .map(source -> String.join(" ", source.cves()))
                                .toArray(String[]::new))
                .param("security", sources.stream().map(Source::security).toArray(Boolean[]::new))
                .param(
                        "named",
                        sources.stream()
                                .flatMap(source -> source.cves().stream())
                                .distinct()
                                .sorted()
                                .toArray(String[]::new))
                .param(
                        "binaries",
                        sources.stream().allMatch(source -> source.binaries().isEmpty())
                                ? new String[0]
                                : sources.stream()
                                        .map(source -> String.join(" ", source.binaries()))
                                        .toArray(String[]::new))
                .update();
        return digest;
    }

    /// One for each source version, in a fixed order.
    private static List<Source> sources(List<PendingUpgrade> pending, boolean withBinaries) {
        TreeMap<String, Source> sources = new TreeMap<>();
        for (PendingUpgrade each : pending) {
            sources.merge(
                    each.sourceName() + "\t" + each.sourceVersion(),
                    new Source(
                            each.sourceName(),
                            each.sourceVersion(),
                            new TreeSet<>(each.changelogRead() ? each.cves() : List.of()),
                            each.security(),
                            new TreeSet<>(
                                    withBinaries
                                            ? List.of(each.name() + "=" + each.candidateVersion())
                                            : List.of())),
                    Source::and);
        }
        return List.copyOf(sources.values());
    }

    private record Source(
            String name,
            String version,
            TreeSet<String> cves,
            boolean security,
            TreeSet<String> binaries) {
        Source and(Source other) {
            TreeSet<String> all = new TreeSet<>(cves);
            all.addAll(other.cves);
            TreeSet<String> packages = new TreeSet<>(binaries);
            packages.addAll(other.binaries);
            return new Source(name, version, all, security || other.security, packages);
        }
    }
}
