package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    private final HostTable hosts = new HostTable();
    private final ShapesInUse shapes = new ShapesInUse();
    private final Statements statements = new Statements();
    private final PendingSets pending = new PendingSets();
    private final ExplainExposure why = new ExplainExposure(this, hosts, shapes, pending);
    private final OpenFindings open = new OpenFindings(this);
    private final HostSets sets = new HostSets();
    private final RoaringBitmap assessed = new RoaringBitmap();
    private boolean loading;

    /// Bitmaps of versions are made at the end of a load, shape by shape.
    void beginLoad() {
        loading = true;
    }

    void endLoad() {
        writing(
                () -> {
                    loading = false;
                    order.catchUp();
                    shapes.fill();
                    for (int host : hosts.holding()) {
                        Arrays.stream(versionsOf(host))
                                .forEach(each -> shapes.installed(each).hosts().add(host));
                    }
                    shapes.optimize();
                    pending.optimize();
                    sets.optimize();
                });
    }

    /// The shapes among `wanted` that were not put yet.
    Set<Integer> unknownShapes(Collection<Integer> wanted) {
        return reading(() -> shapes.unknown(wanted));
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
        change.shapes().forEach(shapes::put);
        change.pendingSets().forEach(pending::put);
        for (long each : change.ended()) {
            statements.remove(each).ifPresent(gone -> open.changed(List.of(gone)));
        }
        change.begun().forEach(statements::put);
        open.changed(change.begun());
    }

    /// Takes part of what changed, all at once for whoever reads.
    void take(IndexChange change) {
        writing(
                () -> {
                    put(change);
                    Set<Integer> left = new HashSet<>();
                    change.shapes().forEach(shape -> left.add(shape.number()));
                    change.hosts().forEach(host -> putHost(host, left));
                    left.forEach(shapes::dropIfUnused);
                    pending.dropUnused();
                    order.catchUp();
                });
    }

    /// @param left gets the shapes that the host had
    private void putHost(HostFacts facts, Set<Integer> left) {
        int host = numbers.give(facts.host());
        hosts.grow(host);
        int[] before = loading ? NOTHING : versionsOf(host);
        Set<Integer> shapesBefore = hosts.shapesOf(host);
        Stratum stratumBefore = hosts.stratum(host);
        Stratum stratum = facts.shape() == 0 ? null : facts.of();
        sets.move(stratumBefore, stratum, host);
        sets.moveRelease(release(hosts.shape(host)), release(facts.shape()), host);
        boolean moved = !Objects.equals(stratumBefore, stratum);
        boolean otherPending =
                hosts.pending(host) != facts.pending() || !hosts.held(host).equals(facts.held());
        if (!loading && (moved || otherPending)) {
            pendingOf(host).forEach(open::changed);
        }
        pending.move(hosts.pending(host), facts.pending(), host);
        pending.hold(hosts.held(host), facts.held(), host);
        set(assessed, facts.shape() != 0, host);
        int shapeBefore = hosts.shape(host);
        if (shapeBefore != facts.shape()) {
            if (shapeBefore != 0) {
                shapes.get(shapeBefore).hosts.remove(host);
            }
            if (facts.shape() != 0) {
                shapes.get(facts.shape()).hosts.add(host);
            }
        }
        hosts.put(host, facts);
        hosts.shapesOf(host).forEach(each -> shapes.get(each).uses++);
        if (!loading) {
            int[] after = versionsOf(host);
            change(host, before, after);
            if (moved) {
                Arrays.stream(after).forEach(each -> open.changed(shapes.installed(each).of()));
            }
            if (moved || otherPending) {
                pendingOf(host).forEach(open::changed);
            }
        }
        shapesBefore.forEach(each -> shapes.get(each).uses--);
        left.addAll(shapesBefore);
    }

    /// What is pending on the host, and what was told of what it still runs.
    private Stream<PendingSet> pendingOf(int host) {
        return Stream.concat(
                        Stream.of(hosts.pending(host)),
                        hosts.held(host).stream().map(HostFacts.Held::told))
                .filter(number -> number != 0)
                .map(pending::of);
    }

    private @Nullable String release(int shape) {
        return shape == 0 ? null : shapes.get(shape).release;
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
                SourceVersions.Installed left = shapes.installed(before[i++]);
                left.hosts().remove(host);
                open.changed(left.of());
            } else if (i == before.length || after[j] < before[i]) {
                SourceVersions.Installed joined = shapes.installed(after[j++]);
                joined.hosts().add(host);
                open.changed(joined.of());
            } else {
                i++;
                j++;
            }
        }
    }

    /// What the host has or still runs, sorted.
    int[] versionsOf(int host) {
        int[] own = hosts.shape(host) == 0 ? NOTHING : shapes.get(hosts.shape(host)).versions;
        List<HostFacts.Held> held = hosts.held(host);
        if (held.isEmpty()) {
            return own;
        }
        IntStream all = Arrays.stream(own);
        for (HostFacts.Held each : held) {
            ShapesInUse.InUse shape = shapes.get(each.shape());
            all =
                    IntStream.concat(
                            all, Arrays.stream(each.kernelOnly() ? shape.kernel : shape.versions));
        }
        return all.sorted().distinct().toArray();
    }

    List<Statement> inForce(String release, Collection<String> packages) {
        return reading(
                () ->
                        packages.stream()
                                .flatMap(each -> statements.of(release, each).stream())
                                .toList());
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
        for (SourceVersions source : source(statement.release(), statement.source())) {
            List<SourceVersions.Installed> affected = List.copyOf(source.affected(statement));
            if (!affected.isEmpty()) {
                hits.add(new Hit(statement, source, affected));
                affected.forEach(each -> bitmaps.add(each.hosts()));
            }
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
        return RoaringBitmap.and(some, sets.group(group));
    }

    static RoaringBitmap union(List<RoaringBitmap> bitmaps) {
        return switch (bitmaps.size()) {
            case 0 -> new RoaringBitmap();
            case 1 -> bitmaps.getFirst().clone();
            default -> FastAggregation.or(bitmaps.iterator());
        };
    }

    /// The hosts that have exactly this version of a source, or still run it, as hosts call it.
    /// Call it while [#reading].
    RoaringBitmap having(String release, String source, String version) {
        String known = KnownAs.source(source);
        String wanted = KnownAs.version(known, version);
        return union(
                source(release, known).stream()
                        .flatMap(each -> each.all().stream())
                        .filter(each -> each.version().equals(wanted))
                        .map(SourceVersions.Installed::hosts)
                        .toList());
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

    /// The first `limit` of `hosts` after host `after`, by identity. Looks at the hosts asked for
    /// where they are few, and at all hosts in order where so many are asked for that enough are
    /// soon found.
    int[] first(RoaringBitmap hosts, @Nullable HostId after, int limit) {
        return order.first(hosts, after, limit);
    }

    /// Why each of `of` is exposed, one for each statement and source package. Call it while
    /// [#reading].
    List<Exposed> explain(int[] of, String cve, Found found) {
        return why.explain(of, cve, found);
    }

    /// Call it while [#reading].
    OpenFindings open() {
        return open;
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
                                shapes.versions(),
                                statements.size(),
                                shapes.bitmapBytes()));
    }

    /// The hosts that have a shape, in sets. Use it while [#reading].
    HostSets sets() {
        return sets;
    }

    /// The hosts that have, or still run, a version that the statement affects.
    ///
    /// @param among null for all hosts
    RoaringBitmap affected(Statement says, @Nullable RoaringBitmap among) {
        return union(
                source(says.release(), says.source()).stream()
                        .flatMap(each -> each.affected(says).stream())
                        .map(each -> within(each.hosts(), among))
                        .toList());
    }

    private static RoaringBitmap within(RoaringBitmap hosts, @Nullable RoaringBitmap among) {
        return among == null ? hosts : RoaringBitmap.and(hosts, among);
    }

    /// By which the versions of the package are ordered.
    Comparator<String> order(Statement says) {
        return source(says.release(), says.source()).stream()
                .findFirst()
                .map(SourceVersions::order)
                .orElse(VersionOrder.DPKG);
    }

    /// Null for a host that has no shape, and for one that the index does not know.
    @Nullable Stratum stratumOf(HostId host) {
        int number = numbers.find(host);
        return number < 0 ? null : hosts.stratum(number);
    }

    /// Its number; negative where the index does not know the host.
    int number(HostId host) {
        return numbers.find(host);
    }

    Statements statements() {
        return statements;
    }

    PendingSets pendingSets() {
        return pending;
    }

    /// One for each module stream of the package that hosts have.
    List<SourceVersions> source(String release, String source) {
        return shapes.source(release, source);
    }
}
