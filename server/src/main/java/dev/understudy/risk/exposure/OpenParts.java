package dev.understudy.risk.exposure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// What hosts lack of one package of a release, in parts: the hosts of a part lack the same, are
/// told so by the same, and have the same upgrade before them. Used while nothing changes.
final class OpenParts {
    private static final Comparator<Lacking> EARLIEST =
            Comparator.comparing(
                            (Lacking each) -> each.says().published(),
                            Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
                    .thenComparing(each -> each.says().inForce())
                    .thenComparingLong(each -> each.says().id());

    private final ExposureIndex index;
    private final String release;
    private final String name;
    private final @Nullable RoaringBitmap among;
    private final List<Lacking> lacking;
    private final List<Coming> coming;
    private final List<Part> parts = new ArrayList<>();

    /// @param cves none where the upgrade is one of the security archive and nobody names any
    /// @param told by which statement; null where only a changelog tells
    /// @param upgrade what would bring the fix; null where nothing pending does
    record Part(
            List<String> cves,
            @Nullable Statement told,
            PendingSet.@Nullable Upgrade upgrade,
            RoaringBitmap hosts) {}

    private record Lacking(Statement says, RoaringBitmap hosts) {}

    /// An upgrade and the sets that have it.
    private record Coming(
            PendingSet.Upgrade upgrade, List<PendingSets.Used> sets, RoaringBitmap hosts) {}

    /// By whom a vulnerability is told: places in `lacking`, and numbers of sets by place in
    /// `coming`.
    private record Tellers(Set<Integer> statements, Map<Integer, Set<Integer>> sets) {
        Tellers() {
            this(new TreeSet<>(), new TreeMap<>());
        }
    }

    private OpenParts(
            ExposureIndex index, String release, String name, @Nullable RoaringBitmap among) {
        this.index = index;
        this.release = release;
        this.name = name;
        this.among = among;
        this.lacking = lacking(name).stream().sorted(EARLIEST).toList();
        this.coming = coming();
    }

    /// @param name a source package or a binary one, as statements name it
    /// @param among null for all hosts
    static List<Part> of(
            ExposureIndex index, String release, String name, @Nullable RoaringBitmap among) {
        OpenParts open = new OpenParts(index, release, name, among);
        if (!open.lacking.isEmpty() || !open.coming.isEmpty()) {
            open.named();
            open.unnamed();
        }
        return open.parts;
    }

    private List<Lacking> lacking(String of) {
        List<Lacking> found = new ArrayList<>();
        for (Statement says : index.statements().of(release, of)) {
            if (says.fixed() != null && !says.cves().isEmpty()) {
                RoaringBitmap hosts = index.affected(says, among);
                if (!hosts.isEmpty()) {
                    found.add(new Lacking(says, hosts));
                }
            }
        }
        return found;
    }

    private List<Coming> coming() {
        Map<String, List<PendingSets.Used>> sets = new TreeMap<>();
        Map<String, PendingSet.Upgrade> upgrades = new TreeMap<>();
        for (PendingSets.Used used : index.pendingSets().with(name)) {
            for (PendingSet.Upgrade each : used.set().of(name)) {
                sets.computeIfAbsent(each.patch(release), _ -> new ArrayList<>(1)).add(used);
                upgrades.putIfAbsent(each.patch(release), each);
            }
        }
        RoaringBitmap all = index.sets().release(release);
        RoaringBitmap here = among == null ? all : RoaringBitmap.and(all, among);
        List<Coming> found = new ArrayList<>();
        upgrades.forEach(
                (patch, upgrade) -> {
                    List<PendingSets.Used> having = sets.getOrDefault(patch, List.of());
                    RoaringBitmap hosts = hosts(having, upgrade);
                    hosts.and(here);
                    if (!hosts.isEmpty()) {
                        found.add(new Coming(upgrade, having, hosts));
                    }
                });
        return found;
    }

    private static RoaringBitmap hosts(List<PendingSets.Used> sets, PendingSet.Upgrade upgrade) {
        return ExposureIndex.union(sets.stream().map(each -> each.hosts(upgrade)).toList());
    }

    /// Vulnerabilities that the same tell of are open on the same hosts.
    private void named() {
        Map<String, Tellers> tellers = new TreeMap<>();
        for (int at = 0; at < lacking.size(); at++) {
            for (String cve : lacking.get(at).says().cves()) {
                tellers.computeIfAbsent(cve, _ -> new Tellers()).statements().add(at);
            }
        }
        for (int at = 0; at < coming.size(); at++) {
            Coming each = coming.get(at);
            if (each.upgrade().known().equals(name)) {
                for (PendingSets.Used used : each.sets()) {
                    for (String cve : cves(used, each.upgrade())) {
                        tellers.computeIfAbsent(cve, _ -> new Tellers())
                                .sets()
                                .computeIfAbsent(at, _ -> new TreeSet<>())
                                .add(used.set().number());
                    }
                }
            }
        }
        Map<Tellers, List<String>> together = new java.util.LinkedHashMap<>();
        tellers.forEach(
                (cve, by) -> together.computeIfAbsent(by, _ -> new ArrayList<>(1)).add(cve));
        together.forEach(this::named);
    }

    private static Set<String> cves(PendingSets.Used used, PendingSet.Upgrade of) {
        Set<String> cves = new HashSet<>();
        for (PendingSet.Upgrade each : used.set().of(of.known())) {
            if (each.source().equals(of.source()) && each.version().equals(of.version())) {
                cves.addAll(each.cves());
            }
        }
        return cves;
    }

    /// The earliest of the statements whose fix comes with an upgrade starts the clock there; its
    /// changelog where there is none.
    private void named(Tellers by, List<String> cves) {
        RoaringBitmap upgraded = new RoaringBitmap();
        for (int at = 0; at < coming.size(); at++) {
            Coming each = coming.get(at);
            RoaringBitmap done = new RoaringBitmap();
            for (int place : by.statements()) {
                Lacking one = lacking.get(place);
                if (each.upgrade().fixes(one.says(), index.order(one.says()))) {
                    RoaringBitmap hosts = RoaringBitmap.and(one.hosts(), each.hosts());
                    hosts.andNot(done);
                    add(cves, one.says(), each.upgrade(), hosts, done);
                }
            }
            Set<Integer> naming = by.sets().getOrDefault(at, Set.of());
            RoaringBitmap hosts =
                    hosts(
                            each.sets().stream()
                                    .filter(used -> naming.contains(used.set().number()))
                                    .toList(),
                            each.upgrade());
            hosts.and(each.hosts());
            hosts.andNot(done);
            add(cves, null, each.upgrade(), hosts, done);
            upgraded.or(done);
        }
        for (int place : by.statements()) {
            Lacking one = lacking.get(place);
            RoaringBitmap hosts = RoaringBitmap.andNot(one.hosts(), upgraded);
            add(cves, one.says(), null, hosts, upgraded);
        }
    }

    private void add(
            List<String> cves,
            @Nullable Statement told,
            PendingSet.@Nullable Upgrade upgrade,
            RoaringBitmap hosts,
            RoaringBitmap done) {
        if (!hosts.isEmpty()) {
            parts.add(new Part(List.copyOf(cves), told, upgrade, hosts));
            done.or(hosts);
        }
    }

    /// Upgrades from the security archive of which nobody names a vulnerability.
    private void unnamed() {
        for (Coming each : coming) {
            PendingSet.Upgrade upgrade = each.upgrade();
            if (!upgrade.known().equals(name)) {
                continue;
            }
            List<RoaringBitmap> security = new ArrayList<>();
            for (PendingSets.Used used : each.sets()) {
                if (cves(used, upgrade).isEmpty() && isSecurity(used, upgrade)) {
                    security.add(used.hosts());
                }
            }
            RoaringBitmap hosts = ExposureIndex.union(security);
            hosts.and(each.hosts());
            for (RoaringBitmap named : namedBy(upgrade)) {
                hosts.andNot(named);
            }
            if (!hosts.isEmpty()) {
                parts.add(new Part(List.of(), null, upgrade, hosts));
            }
        }
    }

    private static boolean isSecurity(PendingSets.Used used, PendingSet.Upgrade of) {
        return used.set().of(of.known()).stream()
                .anyMatch(
                        each ->
                                each.security()
                                        && each.source().equals(of.source())
                                        && each.version().equals(of.version()));
    }

    private List<RoaringBitmap> namedBy(PendingSet.Upgrade upgrade) {
        List<RoaringBitmap> named = new ArrayList<>();
        for (Lacking each : lacking) {
            if (upgrade.fixes(each.says(), index.order(each.says()))) {
                named.add(each.hosts());
            }
        }
        for (PendingSet.Binary binary : upgrade.binaries()) {
            for (Lacking each : lacking(KnownAs.binary(binary.name()))) {
                if (upgrade.fixes(each.says(), index.order(each.says()))) {
                    named.add(each.hosts());
                }
            }
        }
        return named;
    }
}
