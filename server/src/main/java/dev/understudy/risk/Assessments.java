package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.advisory.Releases;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.Inventories;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The assessment of each host, made anew when its inventory, what its owner says of it, or the
/// advisories have changed, and kept in memory until then. What a shape is affected by is found
/// once for all hosts of that shape.
final class Assessments {
    private static final int SHAPES_KEPT = 512;

    private final Inventories inventories;
    private final Feeds feeds;
    private final FixedVersions fixes;
    private final VulnerabilityFacts vulnerabilities;
    private final FirstSeen firstSeen;
    private final RankPatches rank;
    private final DeadlineRules rules;
    private final FindingExceptions exceptions;
    private final DeadlineClocks clocks;
    private final InstantSource clock;
    private final Map<HostId, Kept> kept = new ConcurrentHashMap<>();
    private final Map<ShapeKey, List<Finding>> shapes =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ShapeKey, List<Finding>> eldest) {
                    return size() > SHAPES_KEPT;
                }
            };

    Assessments(
            Inventories inventories,
            Feeds feeds,
            FixedVersions fixes,
            VulnerabilityFacts vulnerabilities,
            FirstSeen firstSeen,
            RankPatches rank,
            DeadlineRules rules,
            FindingExceptions exceptions,
            DeadlineClocks clocks,
            InstantSource clock) {
        this.inventories = inventories;
        this.feeds = feeds;
        this.fixes = fixes;
        this.vulnerabilities = vulnerabilities;
        this.firstSeen = firstSeen;
        this.rank = rank;
        this.rules = rules;
        this.exceptions = exceptions;
        this.clocks = clocks;
        this.clock = clock;
    }

    /// Empty until the host sent its first inventory.
    Optional<Assessment> of(Host host) {
        return of(host, feeds.generation(), terms());
    }

    /// Those of all `hosts` that have one.
    List<Assessment> of(List<Host> hosts) {
        long generation = feeds.generation();
        DeadlineTerms.OfFleet terms = terms();
        return hosts.stream().flatMap(host -> of(host, generation, terms).stream()).toList();
    }

    private DeadlineTerms.OfFleet terms() {
        return new DeadlineTerms.OfFleet(rules.decided(), exceptions.holding());
    }

    private Optional<Assessment> of(Host host, long generation, DeadlineTerms.OfFleet ofFleet) {
        Optional<Instant> receivedAt = inventories.receivedAt(host.id());
        if (receivedAt.isEmpty()) {
            kept.remove(host.id());
            return Optional.empty();
        }
        DeadlineTerms terms = ofFleet.of(host.id(), host.group());
        Key key = new Key(receivedAt.get(), host.exposure(), host.criticality(), generation, terms);
        Kept before = kept.get(host.id());
        if (before != null && before.key().equals(key)) {
            return Optional.of(before.assessment());
        }
        Optional<Assessment> made =
                inventories
                        .latest(host.id())
                        .map(latest -> assess(host, latest, generation, terms));
        made.ifPresent(assessment -> kept.put(host.id(), new Kept(key, assessment)));
        return made;
    }

    private Assessment assess(
            Host host, Inventory inventory, long generation, DeadlineTerms terms) {
        String release =
                Releases.ofHost(
                        inventory.platform().distribution(),
                        inventory.platform().version(),
                        inventory.platform().codename());
        List<Finding> findings = findings(inventory, release, generation);
        Set<PatchId> patches =
                inventory.pending().stream()
                        .map(each -> GroupPending.idOf(release, each))
                        .collect(Collectors.toSet());
        AssessedHost assessed =
                new AssessedHost(
                        release,
                        host.exposure(),
                        host.criticality(),
                        inventory,
                        findings,
                        facts(inventory, findings),
                        firstSeen.of(patches, clock.instant()),
                        terms);
        List<HostPatch> ranked = rank.rank(assessed);
        clocks.record(ranked, clock.instant());
        return new Assessment(
                host.id(),
                ranked,
                GroupPending.unfixed(inventory, findings),
                withoutPackages(inventory));
    }

    /// Only dpkg's order of versions is known here; other hosts go by what their own package
    /// manager says is pending.
    private List<Finding> findings(Inventory inventory, String release, long generation) {
        if (!inventory.capabilities().packageManager().equals("apt")) {
            return List.of();
        }
        ShapeKey key = new ShapeKey(inventory.shapeDigest(), release, generation);
        synchronized (shapes) {
            List<Finding> known = shapes.get(key);
            if (known != null) {
                return known;
            }
        }
        List<InstalledPackage> packages = inventory.packages();
        List<Finding> found = MatchShape.findings(packages, release, fixes::forSources);
        synchronized (shapes) {
            shapes.put(key, found);
        }
        return found;
    }

    private Map<String, CveFacts> facts(Inventory inventory, List<Finding> findings) {
        return vulnerabilities.of(
                Stream.concat(
                                inventory.pending().stream()
                                        .filter(PendingUpgrade::changelogRead)
                                        .flatMap(each -> each.cves().stream()),
                                findings.stream().flatMap(each -> each.advisory().cves().stream()))
                        .collect(Collectors.toSet()));
    }

    private static Inventory withoutPackages(Inventory from) {
        return new Inventory(
                from.platform(),
                from.kernel(),
                List.of(),
                from.pending(),
                from.services(),
                from.sockets(),
                from.disks(),
                from.staleProcesses(),
                from.rebootReasons(),
                from.capabilities(),
                from.metadataAsOf());
    }

    private record Key(
            Instant receivedAt,
            Exposure exposure,
            Criticality criticality,
            long generation,
            DeadlineTerms terms) {}

    private record Kept(Key key, Assessment assessment) {}

    private record ShapeKey(String shape, String release, long generation) {}
}
