package dev.understudy.risk;

import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.advisory.Ternary;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.HostFilter;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.PackageChange;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The patches that hosts need, the most urgent first.
public final class Patches {
    private static final Comparator<RankedPatch> ORDER =
            Comparator.comparing(RankedPatch::deadlineClass)
                    .thenComparing(Comparator.comparingDouble(RankedPatch::priority).reversed())
                    .thenComparing(RankedPatch::id);

    private final Hosts hosts;
    private final Feeds feeds;
    private final Assessments assessments;

    public Patches(
            Database database,
            Hosts hosts,
            Inventories inventories,
            Feeds feeds,
            HazardSettings settings,
            InstantSource clock) {
        this.hosts = hosts;
        this.feeds = feeds;
        this.assessments =
                new Assessments(
                        inventories,
                        feeds,
                        new FixedVersions(database),
                        new VulnerabilityFacts(database),
                        new FirstSeen(database),
                        new RankPatches(settings),
                        new DeadlineRules(database, new AuditTrail(database, clock)),
                        new FindingExceptions(database, new AuditTrail(database, clock), clock),
                        new DeadlineClocks(database),
                        clock);
    }

    /// What the host needs, ranked; empty until its first inventory came, and for a host that is
    /// not known.
    public List<HostPatch> forHost(HostId host) {
        return assessment(host).map(Assessment::patches).orElse(List.of());
    }

    /// What the fleet needs, ranked: class first, then the sum of the hosts' priorities.
    public List<RankedPatch> ranked(PatchFilter filter) {
        Map<PatchId, List<Needed>> byPatch = new TreeMap<>();
        for (Assessment each : assessments.of(matching(filter))) {
            for (HostPatch patch : each.patches()) {
                if (patch.security() || !filter.securityOnly()) {
                    byPatch.computeIfAbsent(patch.id(), _ -> new java.util.ArrayList<>())
                            .add(new Needed(each.host(), patch));
                }
            }
        }
        return byPatch.values().stream().map(Patches::together).sorted(ORDER).toList();
    }

    /// How the fleet stands.
    public RiskSummary summary() {
        List<Assessment> all = assessments.of(hosts.list(HostFilter.all()));
        return RiskSummary.of(all, feeds.coverage());
    }

    Optional<Assessment> assessment(HostId host) {
        return hosts.find(host).filter(found -> !found.retired()).flatMap(assessments::of);
    }

    List<Assessment> assessmentsOfAll() {
        return assessments.of(hosts.list(HostFilter.all()));
    }

    private List<Host> matching(PatchFilter filter) {
        HostId only = filter.host();
        Stream<Host> found =
                only != null
                        ? hosts.find(only).filter(host -> !host.retired()).stream()
                        : filter.group() != null
                                ? hosts.inGroup(filter.group()).stream()
                                : hosts.list(HostFilter.all()).stream();
        return found.filter(host -> filter.group() == null || host.group().equals(filter.group()))
                .toList();
    }

    private static RankedPatch together(List<Needed> needed) {
        List<Needed> sorted =
                needed.stream()
                        .sorted(
                                Comparator.comparing(Needed::patch, RankPatches.ORDER)
                                        .thenComparing(Needed::host))
                        .toList();
        HostPatch worst = sorted.getFirst().patch();
        return new RankedPatch(
                worst.id(),
                sorted.stream().map(Needed::host).toList(),
                each(sorted, patch -> patch.changes().stream().map(PackageChange::name)),
                each(sorted, patch -> patch.cves().stream()),
                RankPatches.together(
                        sorted.stream().map(each -> each.patch().knownExploited()).toList()),
                worst.deadlineClass(),
                sorted.stream()
                        .map(each -> each.patch().deadline())
                        .filter(Objects::nonNull)
                        .min(Comparator.comparing(Deadline::due))
                        .orElse(null),
                sorted.stream().mapToDouble(each -> each.patch().priority()).sum(),
                sorted.size() == 1
                        ? worst.sentence()
                        : "On %d hosts. %s".formatted(sorted.size(), worst.sentence()),
                sorted.stream().anyMatch(each -> each.patch().security()));
    }

    private static List<String> each(
            List<Needed> needed, java.util.function.Function<HostPatch, Stream<String>> part) {
        return needed.stream()
                .flatMap(each -> part.apply(each.patch()))
                .distinct()
                .sorted()
                .collect(Collectors.toList());
    }

    static Ternary anyExploited(List<HostPatch> patches) {
        List<Ternary> each =
                patches.stream()
                        .filter(HostPatch::security)
                        .map(HostPatch::knownExploited)
                        .toList();
        return RankPatches.together(each);
    }

    private record Needed(HostId host, HostPatch patch) {}
}
