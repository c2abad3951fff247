package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/// Hosts by what they have installed: each source version in use has the bitmap of its hosts, so
/// that a question costs as many bitmaps as there are affected versions, and a host's change costs
/// the versions in which its two shapes differ. Many read while one writes. Knows no database.
final class ExposureIndex {
    private static final int[] NOTHING = {};

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final HostNumbers numbers = new HostNumbers();
    private final HostOrder order = new HostOrder(numbers);
    private final Hosts hosts = new Hosts();
    private final Map<Integer, Indexed> shapes = new HashMap<>();
    private final Map<SourceKey, SourceVersions> sources = new HashMap<>();
    private final List<SourceVersions.@Nullable Installed> versions = new ArrayList<>();
    private final ArrayList<Integer> freeNumbers = new ArrayList<>();
    private int[] versionUses = new int[1024];
    private final Statements statements = new Statements();
    private final PendingSets pending = new PendingSets();
    private final Map<String, RoaringBitmap> groups = new HashMap<>();
    private final RoaringBitmap internet = new RoaringBitmap();
    private final RoaringBitmap assessed = new RoaringBitmap();
    private boolean loading;

    /// A shape that some host has or still runs.
    private static final class Indexed {
        final String release;
        final int[] versions;
        final int[] kernel;
        final RoaringBitmap hosts = new RoaringBitmap();
        int uses;

        Indexed(String release, int[] versions, int[] kernel) {
            this.release = release;
            this.versions = versions;
            this.kernel = kernel;
        }
    }

    private record SourceKey(String release, String source) {}

    /// Bitmaps of versions are made at the end of a load, shape by shape.
    void beginLoad() {
        loading = true;
    }

    void endLoad() {
        writing(
                () -> {
                    loading = false;
                    order.catchUp();
                    for (Indexed shape : shapes.values()) {
                        for (int version : shape.versions) {
                            installed(version).hosts().or(shape.hosts);
                        }
                    }
                    hosts.held
                            .keySet()
                            .forEach(
                                    host ->
                                            Arrays.stream(versionsOf(host))
                                                    .forEach(v -> installed(v).hosts().add(host)));
                    shapes.values().forEach(shape -> shape.hosts.runOptimize());
                    versions.forEach(
                            version -> {
                                if (version != null) {
                                    version.hosts().runOptimize();
                                }
                            });
                    pending.optimize();
                    groups.values().forEach(RoaringBitmap::runOptimize);
                });
    }

    /// The shapes among `wanted` that were not put yet.
    Set<Integer> unknownShapes(Collection<Integer> wanted) {
        return reading(
                () -> {
                    Set<Integer> unknown = new HashSet<>(wanted);
                    unknown.removeAll(shapes.keySet());
                    unknown.remove(0);
                    return unknown;
                });
    }

    Set<Integer> unknownPendingSets(Collection<Integer> wanted) {
        return reading(() -> pending.unknown(wanted));
    }

    /// Takes part of a load; nobody reads yet.
    void load(IndexChange change) {
        put(change);
        change.hosts().forEach(host -> putHost(host, new HashSet<>()));
    }

    private void put(IndexChange change) {
        change.shapes().forEach(this::putShape);
        change.pendingSets().forEach(pending::put);
        change.ended().forEach(statements::remove);
        change.begun().forEach(statements::put);
    }

    /// Takes part of what changed, all at once for whoever reads.
    void take(IndexChange change) {
        writing(
                () -> {
                    put(change);
                    Set<Integer> left = new HashSet<>();
                    change.shapes().forEach(shape -> left.add(shape.number()));
                    change.hosts().forEach(host -> putHost(host, left));
                    left.forEach(this::dropIfUnused);
                    pending.dropUnused();
                    order.catchUp();
                });
    }

    private void putShape(Shape shape) {
        if (shapes.containsKey(shape.number())) {
            return;
        }
        int[] all =
                shape.versions().stream()
                        .mapToInt(each -> use(shape, each))
                        .sorted()
                        .distinct()
                        .toArray();
        int[] kernel =
                Arrays.stream(all)
                        .filter(each -> KnownAs.kernel(installed(each).source()))
                        .toArray();
        Arrays.stream(all).forEach(each -> versionUses[each]++);
        shapes.put(shape.number(), new Indexed(shape.release(), all, kernel));
    }

    private int use(Shape shape, Shape.SourceVersion version) {
        SourceVersions source =
                sources.computeIfAbsent(
                        new SourceKey(shape.release(), version.source()),
                        key -> new SourceVersions(key.release(), key.source(), shape.order()));
        int next = freeNumbers.isEmpty() ? versions.size() : freeNumbers.getLast();
        SourceVersions.Installed place = source.give(version.version(), next);
        if (place.number() == next) {
            if (freeNumbers.isEmpty()) {
                versions.add(place);
            } else {
                freeNumbers.removeLast();
                versions.set(next, place);
            }
            if (versionUses.length <= next) {
                versionUses = Arrays.copyOf(versionUses, next * 2);
            }
        }
        return place.number();
    }

    private void dropIfUnused(int number) {
        Indexed shape = shapes.get(number);
        if (shape == null || shape.uses > 0) {
            return;
        }
        shapes.remove(number);
        for (int version : shape.versions) {
            if (--versionUses[version] == 0) {
                SourceVersions.Installed unused = installed(version);
                SourceKey key = new SourceKey(shape.release, unused.source());
                SourceVersions source = sources.get(key);
                if (source != null) {
                    source.forget(unused);
                    if (source.all().isEmpty()) {
                        sources.remove(key);
                    }
                }
                versions.set(version, null);
                freeNumbers.add(version);
            }
        }
    }

    /// @param left gets the shapes that the host had
    private void putHost(HostFacts facts, Set<Integer> left) {
        int host = numbers.give(facts.host());
        hosts.grow(host);
        int[] before = loading ? NOTHING : versionsOf(host);
        Set<Integer> shapesBefore = hosts.shapesOf(host);
        int shapeBefore = hosts.shape[host];
        move(groups, hosts.group[host], facts.shape() == 0 ? null : facts.group(), host);
        pending.move(hosts.pending[host], facts.pending(), host);
        set(internet, facts.internet() && facts.shape() != 0, host);
        set(assessed, facts.shape() != 0, host);
        if (shapeBefore != facts.shape()) {
            if (shapeBefore != 0) {
                shape(shapeBefore).hosts.remove(host);
            }
            if (facts.shape() != 0) {
                shape(facts.shape()).hosts.add(host);
            }
        }
        hosts.put(host, facts);
        hosts.shapesOf(host).forEach(each -> shape(each).uses++);
        if (!loading) {
            change(host, before, versionsOf(host));
        }
        shapesBefore.forEach(each -> shape(each).uses--);
        left.addAll(shapesBefore);
    }

    private static void move(
            Map<String, RoaringBitmap> groups,
            @Nullable String before,
            @Nullable String after,
            int host) {
        if (before != null && !before.equals(after)) {
            RoaringBitmap left = groups.get(before);
            if (left != null) {
                left.remove(host);
            }
        }
        if (after != null) {
            groups.computeIfAbsent(after, _ -> new RoaringBitmap()).add(host);
        }
    }

    private static void set(RoaringBitmap bitmap, boolean in, int host) {
        if (in) {
            bitmap.add(host);
        } else {
            bitmap.remove(host);
        }
    }

    /// Both are sorted; what is in both stays as it is.
    private void change(int host, int[] before, int[] after) {
        int i = 0;
        int j = 0;
        while (i < before.length || j < after.length) {
            if (j == after.length || (i < before.length && before[i] < after[j])) {
                installed(before[i++]).hosts().remove(host);
            } else if (i == before.length || after[j] < before[i]) {
                installed(after[j++]).hosts().add(host);
            } else {
                i++;
                j++;
            }
        }
    }

    /// What the host has or still runs, sorted.
    private int[] versionsOf(int host) {
        int[] own = hosts.shape[host] == 0 ? NOTHING : shape(hosts.shape[host]).versions;
        List<HostFacts.Held> held = hosts.held.get(host);
        if (held == null) {
            return own;
        }
        var all = Arrays.stream(own);
        for (HostFacts.Held each : held) {
            Indexed shape = shape(each.shape());
            all =
                    java.util.stream.IntStream.concat(
                            all, Arrays.stream(each.kernelOnly() ? shape.kernel : shape.versions));
        }
        return all.sorted().distinct().toArray();
    }

    /// Everything that holds for one vulnerability now.
    ///
    /// @param hosts that are exposed, by number
    /// @param hits the statements about it, each with the versions in use that it affects
    record Found(RoaringBitmap hosts, List<Hit> hits) {}

    record Hit(
            Statement statement, SourceVersions source, List<SourceVersions.Installed> versions) {}

    /// @param group null for the whole fleet
    Found find(String cve, @Nullable String group) {
        return reading(() -> within(found(cve), group));
    }

    private Found found(String cve) {
        List<Hit> hits = new ArrayList<>();
        List<RoaringBitmap> bitmaps = new ArrayList<>();
        for (Statement statement : statements.about(cve)) {
            hit(statement, hits, bitmaps);
        }
        bitmaps.addAll(pending.naming(cve));
        return new Found(union(bitmaps), hits);
    }

    private void hit(Statement statement, List<Hit> hits, List<RoaringBitmap> bitmaps) {
        SourceVersions source = sources.get(new SourceKey(statement.release(), statement.source()));
        if (source == null) {
            return;
        }
        List<SourceVersions.Installed> affected = List.copyOf(source.affected(statement));
        if (!affected.isEmpty()) {
            hits.add(new Hit(statement, source, affected));
            affected.forEach(each -> bitmaps.add(each.hosts()));
        }
    }

    private Found within(Found found, @Nullable String group) {
        return new Found(within(found.hosts(), group), found.hits());
    }

    /// Those of them that are in the group; all, where it is null.
    RoaringBitmap within(RoaringBitmap some, @Nullable String group) {
        if (group == null) {
            return some;
        }
        RoaringBitmap members = groups.get(group);
        return members == null ? new RoaringBitmap() : RoaringBitmap.and(some, members);
    }

    static RoaringBitmap union(List<RoaringBitmap> bitmaps) {
        return switch (bitmaps.size()) {
            case 0 -> new RoaringBitmap();
            case 1 -> bitmaps.getFirst().clone();
            default -> FastAggregation.or(bitmaps.iterator());
        };
    }

    /// Runs `question` while nothing changes.
    <T> T reading(Supplier<T> question) {
        lock.readLock().lock();
        try {
            return question.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void writing(Runnable change) {
        lock.writeLock().lock();
        try {
            change.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Why each of `of` is exposed, one for each statement and source package. Call it while
    /// [#reading].
    List<Exposed> explain(int[] of, String cve, Found found) {
        Map<Integer, List<Place>> places = new HashMap<>();
        BitSet affected = new BitSet();
        for (Hit hit : found.hits()) {
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
    private record Place(Hit hit, int at) {}

    private void explain(
            int host,
            String cve,
            BitSet affected,
            Map<Integer, List<Place>> places,
            List<Exposed> why) {
        Map<Statement, Place> oldest = new LinkedHashMap<>();
        for (int version : versionsOf(host)) {
            if (affected.get(version)) {
                for (Place place : places.getOrDefault(version, List.of())) {
                    oldest.merge(
                            place.hit().statement(), place, (a, b) -> a.at() <= b.at() ? a : b);
                }
            }
        }
        PendingSet upgrades = pending.of(hosts.pending[host]);
        Set<String> told = new HashSet<>();
        for (Place place : oldest.values()) {
            Hit hit = place.hit();
            told.add(hit.statement().source());
            why.add(exposed(host, hit, hit.versions().get(place.at()), upgrades));
        }
        String release = release(host);
        for (PendingSet.Upgrade each : upgrades.upgrades()) {
            String source = KnownAs.source(each.source());
            if (each.cves().contains(cve) && !told.contains(source)) {
                why.add(
                        new Exposed(
                                numbers.host(host),
                                release,
                                source,
                                "",
                                each.version(),
                                "changelog",
                                each.patch(release),
                                true));
            }
        }
    }

    private Exposed exposed(
            int host, Hit hit, SourceVersions.Installed version, PendingSet upgrades) {
        return new Exposed(
                numbers.host(host),
                hit.source().release(),
                version.source(),
                version.version(),
                hit.statement().fixed(),
                hit.statement().advisory(),
                upgrades.upgrades().stream()
                        .filter(each -> each.fixes(hit.statement(), hit.source().order()))
                        .findFirst()
                        .map(each -> each.patch(hit.source().release()))
                        .orElse(null),
                installs(host, version.number()));
    }

    /// Whether the version is installed, not only still running.
    private boolean installs(int host, int version) {
        int shape = hosts.shape[host];
        return shape != 0 && Arrays.binarySearch(shape(shape).versions, version) >= 0;
    }

    private String release(int host) {
        int shape = hosts.shape[host];
        return shape == 0 ? "" : shape(shape).release;
    }

    private Indexed shape(int number) {
        Indexed shape = shapes.get(number);
        if (shape == null) {
            throw new IllegalStateException(
                    "Shape %d was not put before a host that has it.".formatted(number));
        }
        return shape;
    }

    private SourceVersions.Installed installed(int number) {
        SourceVersions.Installed found = versions.get(number);
        if (found == null) {
            throw new IllegalStateException(
                    "Version %d is used by a shape and was forgotten.".formatted(number));
        }
        return found;
    }

    /// The first `limit` of `hosts` after host `after`, by identity. Looks at the hosts asked for
    /// where they are few, and at all hosts in order where so many are asked for that enough are
    /// soon found.
    int[] first(RoaringBitmap hosts, @Nullable HostId after, int limit) {
        return order.first(hosts, after, limit);
    }

    /// All of them, by identity.
    int[] sorted(RoaringBitmap hosts) {
        return order.first(hosts, null, Integer.MAX_VALUE);
    }

    HostId host(int number) {
        return numbers.host(number);
    }

    /// What the index holds, in numbers.
    IndexSize size() {
        return reading(
                () ->
                        new IndexSize(
                                assessed.getCardinality(),
                                shapes.size(),
                                versions.size() - freeNumbers.size(),
                                statements.size(),
                                versions.stream()
                                        .filter(each -> each != null)
                                        .mapToLong(each -> each.hosts().getLongSizeInBytes())
                                        .sum()));
    }

    /// Hosts by group, of those that are assessed.
    Map<String, RoaringBitmap> groups() {
        return groups;
    }

    RoaringBitmap internet() {
        return internet;
    }

    Statements statements() {
        return statements;
    }

    PendingSets pendingSets() {
        return pending;
    }

    @Nullable SourceVersions source(String release, String source) {
        return sources.get(new SourceKey(release, source));
    }

    /// What is kept by host number; arrays that grow together.
    private static final class Hosts {
        int[] shape = new int[1024];
        int[] pending = new int[1024];
        @Nullable String[] group = new String[1024];
        final Map<Integer, List<HostFacts.Held>> held = new HashMap<>();

        void grow(int host) {
            if (host >= shape.length) {
                shape = Arrays.copyOf(shape, host * 2);
                pending = Arrays.copyOf(pending, host * 2);
                group = Arrays.copyOf(group, host * 2);
            }
        }

        void put(int host, HostFacts facts) {
            shape[host] = facts.shape();
            pending[host] = facts.pending();
            group[host] = facts.shape() == 0 ? null : facts.group().intern();
            if (facts.held().isEmpty()) {
                held.remove(host);
            } else {
                held.put(host, facts.held());
            }
        }

        Set<Integer> shapesOf(int host) {
            List<HostFacts.Held> more = held.get(host);
            if (more == null) {
                return shape[host] == 0 ? Set.of() : Set.of(shape[host]);
            }
            Set<Integer> all = new HashSet<>();
            more.forEach(each -> all.add(each.shape()));
            if (shape[host] != 0) {
                all.add(shape[host]);
            }
            return all;
        }
    }
}
