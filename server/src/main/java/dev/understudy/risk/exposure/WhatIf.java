package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// What would be different if a patch were in effect on every host that has an older version.
public final class WhatIf {
    private final FollowDatabase index;

    public WhatIf(FollowDatabase index) {
        this.index = index;
    }

    /// @param hosts how many hosts would change
    /// @param cves the vulnerabilities to which fewer hosts would be exposed, the most hosts first
    public record Answer(int hosts, List<Difference> cves) {
        public Answer {
            cves = List.copyOf(cves);
        }
    }

    /// How many hosts are exposed now, and how many would be.
    public record Difference(String cve, int now, int then) {}

    /// @param source, version of the patch, as hosts call them
    /// @param group null for the whole fleet
    public Answer applied(String release, String source, String version, @Nullable String group) {
        String known = KnownAs.source(source);
        Patch patch = new Patch(release, known, KnownAs.version(known, version));
        ExposureIndex all = index.index();
        return all.reading(() -> applied(all, patch, group));
    }

    private record Patch(String release, String source, String version) {}

    private static Answer applied(ExposureIndex all, Patch patch, @Nullable String group) {
        List<SourceVersions> streams = streams(all, patch);
        if (streams.isEmpty()) {
            return new Answer(0, List.of());
        }
        RoaringBitmap changed =
                ExposureIndex.union(
                        streams.stream().map(each -> hosts(each.below(patch.version()))).toList());
        TreeSet<String> cves = new TreeSet<>();
        all.statements()
                .of(patch.release(), patch.source())
                .forEach(each -> cves.addAll(Statements.names(each)));
        Comparator<String> order = streams.getFirst().order();
        all.pendingSets().fixedBy(patch.source(), patch.version(), order, cves);
        List<Difference> differences = new ArrayList<>();
        for (String cve : cves) {
            RoaringBitmap now = all.find(cve, null).hosts();
            RoaringBitmap then = then(all, cve, patch, streams);
            int before = all.within(now, group).getCardinality();
            int after = all.within(then, group).getCardinality();
            if (before != after) {
                differences.add(new Difference(cve, before, after));
            }
        }
        differences.sort(
                Comparator.comparingInt((Difference each) -> each.then() - each.now())
                        .thenComparing(Difference::cve));
        return new Answer(all.within(changed, group).getCardinality(), differences);
    }

    /// A patch brings no host into another module stream: where there are streams, it is of those
    /// of the hosts that have it before them.
    private static List<SourceVersions> streams(ExposureIndex all, Patch patch) {
        List<SourceVersions> streams = all.source(patch.release(), patch.source());
        if (streams.size() < 2) {
            return streams;
        }
        RoaringBitmap having =
                ExposureIndex.union(
                        all.pendingSets().with(patch.source()).stream()
                                .filter(
                                        each ->
                                                each.set().of(patch.source()).stream()
                                                        .anyMatch(
                                                                one ->
                                                                        one.knownVersion()
                                                                                .equals(
                                                                                        patch
                                                                                                .version())))
                                .map(PendingSets.Used::hosts)
                                .toList());
        return streams.stream()
                .filter(each -> RoaringBitmap.intersects(hosts(each.all()), having))
                .toList();
    }

    private static RoaringBitmap then(
            ExposureIndex all, String cve, Patch patch, List<SourceVersions> streams) {
        List<RoaringBitmap> exposed = new ArrayList<>();
        Comparator<String> order = streams.getFirst().order();
        for (ExposureIndex.Hit hit : all.find(cve, null).hits()) {
            RoaringBitmap hosts = hosts(hit.versions());
            if (streams.contains(hit.source())) {
                RoaringBitmap changed = hosts(hit.source().below(patch.version()));
                hosts.andNot(changed);
                if (hit.statement().affects(patch.version(), order)) {
                    hosts.or(changed);
                }
            }
            exposed.add(hosts);
        }
        exposed.addAll(all.pendingSets().namingBeside(cve, patch.source(), patch.version(), order));
        return ExposureIndex.union(exposed);
    }

    private static RoaringBitmap hosts(List<SourceVersions.Installed> versions) {
        return ExposureIndex.union(versions.stream().map(SourceVersions.Installed::hosts).toList());
    }
}
