package dev.understudy.risk;

import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.Ternary;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.risk.exposure.FollowDatabase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The patches that hosts need, the most urgent first.
public final class Patches {
    private static final Comparator<RankedPatch> ORDER =
            Comparator.comparing(RankedPatch::deadlineClass)
                    .thenComparing(Comparator.comparingDouble(RankedPatch::priority).reversed())
                    .thenComparing(RankedPatch::id);

    /// So many hosts are rather looked at one by one than all of the fleet together.
    private static final int FEW = 20;

    private final Feeds feeds;
    private final Inventories inventories;
    private final FindingExceptions exceptions;
    private final Assessments assessments;

    public Patches(
            Database database,
            Inventories inventories,
            Feeds feeds,
            FollowDatabase index,
            HazardSettings settings,
            InstantSource clock) {
        this.inventories = inventories;
        this.feeds = feeds;
        this.exceptions = new FindingExceptions(database, new AuditTrail(database, clock), clock);
        this.assessments =
                new Assessments(
                        database,
                        inventories,
                        feeds,
                        index,
                        new VulnerabilityFacts(database),
                        new FirstSeen(database),
                        new RankPatches(settings),
                        new DeadlineRules(database, new AuditTrail(database, clock)),
                        exceptions,
                        new DeadlineClocks(database),
                        clock);
    }

    /// What the host needs, ranked; empty until its first inventory came, and for a host that is
    /// not known.
    public List<HostPatch> forHost(HostId host) {
        return assessment(host).map(Assessment::patches).orElse(List.of());
    }

    /// The same for every host of a group, in one look; alike hosts share their list.
    public Map<HostId, List<HostPatch>> forGroup(String group) {
        Map<HostId, List<HostPatch>> byHost = new HashMap<>();
        assessments.each(group, null).forEach(each -> byHost.put(each.one(), each.patches()));
        return byHost;
    }

    /// The same for each of the hosts that sent an inventory; alike ones are assessed once.
    public Map<HostId, List<HostPatch>> forHosts(Set<HostId> hosts) {
        Map<HostId, List<HostPatch>> needed = new HashMap<>();
        if (hosts.size() <= FEW) {
            hosts.forEach(host -> needed.put(host, forHost(host)));
            return needed;
        }
        assessments.each(null, hosts).forEach(each -> needed.put(each.one(), each.patches()));
        return needed;
    }

    /// What the fleet needs, ranked: class first, then the sum of the hosts' priorities.
    public List<RankedPatch> ranked(PatchFilter filter) {
        IdentityHashMap<HostPatch, Needed> needed = new IdentityHashMap<>();
        for (Assessment each : matching(filter)) {
            for (HostPatch patch : each.patches()) {
                if (patch.security() || !filter.securityOnly()) {
                    needed.computeIfAbsent(patch, Needed::new).by(each);
                }
            }
        }
        Map<PatchId, List<Needed>> byPatch = new HashMap<>();
        needed.values()
                .forEach(
                        each ->
                                byPatch.computeIfAbsent(each.patch.id(), _ -> new ArrayList<>())
                                        .add(each));
        return byPatch.values().stream().map(Patches::together).sorted(ORDER).toList();
    }

    /// What the host is to do without for now, as people decided, with the sentence that says so.
    public Map<PatchId, String> excepted(HostId host) {
        return exceptions.holding().isEmpty()
                ? Map.of()
                : forHost(host).stream()
                        .filter(each -> !each.excepted().isEmpty())
                        .collect(Collectors.toMap(HostPatch::id, HostPatch::excepted));
    }

    /// Works out what nobody asked for since it changed.
    void rankAll() {
        assessments.all(null);
    }

    /// How the fleet stands.
    public RiskSummary summary() {
        return RiskSummary.of(assessments.all(null), feeds.coverage());
    }

    public AssessmentWork work() {
        return assessments.work();
    }

    Assessments.Assessor assessor() {
        return assessments.assessor();
    }

    Optional<Assessment> assessment(HostId host) {
        return assessments.of(host);
    }

    /// The host's newest inventory, without its packages.
    Optional<Inventory> facts(HostId host) {
        return inventories.latestFacts(host);
    }

    private List<Assessment> matching(PatchFilter filter) {
        HostId only = filter.host();
        return only == null
                ? assessments.all(filter.group())
                : assessments.of(only, filter.group()).stream().toList();
    }

    private static RankedPatch together(List<Needed> needed) {
        List<Needed> sorted =
                needed.stream()
                        .sorted(
                                Comparator.comparing((Needed each) -> each.patch, RankPatches.ORDER)
                                        .thenComparing(Needed::one))
                        .toList();
        HostPatch worst = sorted.getFirst().patch;
        int hosts = sorted.stream().mapToInt(each -> each.hosts).sum();
        return new RankedPatch(
                worst.id(),
                hosts,
                each(sorted, patch -> patch.changes().stream().map(PackageChange::name)),
                each(sorted, patch -> patch.cves().stream()),
                RankPatches.together(
                        sorted.stream().map(each -> each.patch.knownExploited()).toList()),
                worst.deadlineClass(),
                sorted.stream()
                        .map(each -> each.patch.deadline())
                        .filter(Objects::nonNull)
                        .min(Comparator.comparing(Deadline::due))
                        .orElse(null),
                sorted.stream().mapToDouble(each -> each.patch.priority() * each.hosts).sum(),
                hosts == 1
                        ? worst.sentence()
                        : "On %d hosts. %s".formatted(hosts, worst.sentence()),
                sorted.stream().anyMatch(each -> each.patch.security()));
    }

    private static List<String> each(
            List<Needed> needed, java.util.function.Function<HostPatch, Stream<String>> part) {
        return needed.stream()
                .flatMap(each -> part.apply(each.patch))
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

    /// A patch on all hosts on which it means the same: those of many kinds may share it.
    private static final class Needed {
        private final HostPatch patch;
        private @Nullable HostId one;
        private int hosts;

        Needed(HostPatch patch) {
            this.patch = patch;
        }

        void by(Assessment some) {
            one = one == null || some.one().compareTo(one) < 0 ? some.one() : one;
            hosts += some.hosts();
        }

        HostId one() {
            return Objects.requireNonNull(one, "nobody needs it");
        }
    }
}
