package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Says why hosts are exposed to a vulnerability. Used while nothing changes.
final class ExplainExposure {
    private final ExposureIndex index;
    private final HostTable hosts;
    private final ShapesInUse shapes;
    private final PendingSets pending;

    ExplainExposure(ExposureIndex index, HostTable hosts, ShapesInUse shapes, PendingSets pending) {
        this.index = index;
        this.hosts = hosts;
        this.shapes = shapes;
        this.pending = pending;
    }

    /// One for each host, statement and source package.
    List<Exposed> explain(int[] of, String cve, ExposureIndex.Found found) {
        Map<Integer, List<Place>> places = new HashMap<>();
        BitSet affected = new BitSet();
        for (ExposureIndex.Hit hit : found.hits()) {
            for (int at = 0; at < hit.versions().size(); at++) {
                int version = hit.versions().get(at).number();
                affected.set(version);
                places.computeIfAbsent(version, _ -> new ArrayList<>(1)).add(new Place(hit, at));
            }
        }
        List<Exposed> why = new ArrayList<>();
        for (int host : of) {
            explain(host, cve, affected, places, why);
        }
        return why;
    }

    /// Where a version stands among those that a statement affects.
    private record Place(ExposureIndex.Hit hit, int at) {}

    private void explain(
            int host,
            String cve,
            BitSet affected,
            Map<Integer, List<Place>> places,
            List<Exposed> why) {
        Map<Statement, Place> oldest = new LinkedHashMap<>();
        for (int version : index.versionsOf(host)) {
            if (affected.get(version)) {
                for (Place place : places.getOrDefault(version, List.of())) {
                    oldest.merge(
                            place.hit().statement(), place, (a, b) -> a.at() <= b.at() ? a : b);
                }
            }
        }
        PendingSet upgrades = pending.of(hosts.pending(host));
        Set<String> told = new HashSet<>();
        for (Place place : oldest.values()) {
            ExposureIndex.Hit hit = place.hit();
            told.add(hit.statement().source());
            why.add(exposed(host, hit, hit.versions().get(place.at()), upgrades));
        }
        told(host, hosts.shape(host), upgrades, cve, told, why);
        for (HostFacts.Held each : hosts.held(host)) {
            PendingSet of = pending.of(each.told());
            told(host, each.shape(), each.kernelOnly() ? of.kernel() : of, cve, told, why);
        }
    }

    /// Adds what only changelogs tell of a shape that the host has or still runs.
    ///
    /// @param told the packages of which it is told already
    private void told(
            int host, int shape, PendingSet set, String cve, Set<String> told, List<Exposed> why) {
        if (shape == 0) {
            return;
        }
        ShapesInUse.InUse of = shapes.get(shape);
        for (PendingSet.Upgrade each : set.upgrades()) {
            if (each.cves().contains(cve) && told.add(each.known())) {
                why.add(
                        new Exposed(
                                index.host(host),
                                of.release,
                                each.known(),
                                version(of, each),
                                each.knownVersion(),
                                "changelog",
                                shape == hosts.shape(host) ? each.patch(of.release) : null,
                                shape == hosts.shape(host),
                                ""));
            }
        }
    }

    /// The oldest version that the upgrade would replace; empty where the order of versions is not
    /// known, and so none of that shape.
    private String version(ShapesInUse.InUse shape, PendingSet.Upgrade upgrade) {
        return index.source(shape.release, upgrade.known()).stream()
                .flatMap(source -> source.all().stream())
                .filter(each -> Arrays.binarySearch(shape.versions, each.number()) >= 0)
                .map(SourceVersions.Installed::version)
                .findFirst()
                .orElse("");
    }

    private Exposed exposed(
            int host,
            ExposureIndex.Hit hit,
            SourceVersions.Installed version,
            PendingSet upgrades) {
        return new Exposed(
                index.host(host),
                hit.source().release(),
                version.of().source(),
                version.version(),
                hit.statement().fixed(),
                hit.statement().advisory(),
                upgrades.upgrades().stream()
                        .filter(each -> each.fixes(hit.statement(), hit.source().order()))
                        .findFirst()
                        .map(each -> each.patch(hit.source().release()))
                        .orElse(null),
                installs(host, version.number()),
                hit.statement().assumed(hit.source().module()));
    }

    /// Whether the version is installed, not only still running.
    private boolean installs(int host, int version) {
        int shape = hosts.shape(host);
        return shape != 0 && Arrays.binarySearch(shapes.get(shape).versions, version) >= 0;
    }
}
