package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The shapes that hosts have or still run, and the source versions that these consist of, which go
/// by numbers.
final class ShapesInUse {
    private final Map<Integer, InUse> shapes = new HashMap<>();
    private final Map<SourceKey, List<SourceVersions>> sources = new HashMap<>();
    private final List<SourceVersions.@Nullable Installed> versions = new ArrayList<>();
    private final ArrayList<Integer> freeNumbers = new ArrayList<>();
    private int[] versionUses = new int[1024];

    private record SourceKey(String release, String source) {}

    /// A shape that some host has or still runs.
    static final class InUse {
        final String release;
        final int[] versions;

        /// Those of `versions` that are of the kernel.
        final int[] kernel;

        /// That have it, not those that still run it.
        final RoaringBitmap hosts = new RoaringBitmap();

        int uses;

        private InUse(String release, int[] versions, int[] kernel) {
            this.release = release;
            this.versions = versions;
            this.kernel = kernel;
        }
    }

    /// Those of `wanted` that were not put yet.
    Set<Integer> unknown(Collection<Integer> wanted) {
        Set<Integer> unknown = new HashSet<>(wanted);
        unknown.removeAll(shapes.keySet());
        unknown.remove(0);
        return unknown;
    }

    void put(Shape shape) {
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
                        .filter(each -> KnownAs.kernel(installed(each).of().source()))
                        .toArray();
        Arrays.stream(all).forEach(each -> versionUses[each]++);
        shapes.put(shape.number(), new InUse(shape.release(), all, kernel));
    }

    private int use(Shape shape, Shape.SourceVersion version) {
        SourceVersions source = streamOf(shape, version);
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

    private SourceVersions streamOf(Shape shape, Shape.SourceVersion version) {
        List<SourceVersions> streams =
                sources.computeIfAbsent(
                        new SourceKey(shape.release(), version.source()), _ -> new ArrayList<>(1));
        for (SourceVersions each : streams) {
            if (Objects.equals(each.module(), version.module())) {
                return each;
            }
        }
        SourceVersions made =
                new SourceVersions(
                        shape.release(), version.source(), version.module(), shape.order());
        streams.add(made);
        return made;
    }

    private void forget(SourceVersions source) {
        SourceKey key = new SourceKey(source.release(), source.source());
        List<SourceVersions> streams = sources.get(key);
        if (streams != null && streams.remove(source) && streams.isEmpty()) {
            sources.remove(key);
        }
    }

    void dropIfUnused(int number) {
        InUse shape = shapes.get(number);
        if (shape == null || shape.uses > 0) {
            return;
        }
        shapes.remove(number);
        for (int version : shape.versions) {
            if (--versionUses[version] == 0) {
                SourceVersions.Installed unused = installed(version);
                unused.of().forget(unused);
                if (unused.of().all().isEmpty()) {
                    forget(unused.of());
                }
                versions.set(version, null);
                freeNumbers.add(version);
            }
        }
    }

    InUse get(int number) {
        InUse shape = shapes.get(number);
        if (shape == null) {
            throw new IllegalStateException(
                    "Shape %d was not put before a host that has it.".formatted(number));
        }
        return shape;
    }

    SourceVersions.Installed installed(int number) {
        SourceVersions.Installed found = versions.get(number);
        if (found == null) {
            throw new IllegalStateException(
                    "Version %d is used by a shape and was forgotten.".formatted(number));
        }
        return found;
    }

    /// One for each module stream of the package that shapes have; one where there are no such.
    List<SourceVersions> source(String release, String source) {
        return sources.getOrDefault(new SourceKey(release, source), List.of());
    }

    /// Gives each version the hosts of its shapes.
    void fill() {
        for (InUse shape : shapes.values()) {
            for (int version : shape.versions) {
                installed(version).hosts().or(shape.hosts);
            }
        }
    }

    void optimize() {
        shapes.values().forEach(shape -> shape.hosts.runOptimize());
        versions.stream().filter(Objects::nonNull).forEach(each -> each.hosts().runOptimize());
    }

    int size() {
        return shapes.size();
    }

    int versions() {
        return versions.size() - freeNumbers.size();
    }

    long bitmapBytes() {
        return versions.stream()
                .filter(Objects::nonNull)
                .mapToLong(each -> each.hosts().getLongSizeInBytes())
                .sum();
    }
}
