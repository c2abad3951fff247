package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Every shape that any host ever had, by source version. Shapes never change, so this only grows;
/// it is read when the past is first asked for.
final class ShapeCatalogue {
    private static final String UNTOLD = "?";

    private final IndexRows rows;
    private final Map<Integer, String> releases = new HashMap<>();
    private final Map<String, Map<String, SourceVersions>> sources = new HashMap<>();

    ShapeCatalogue(Database database) {
        this.rows = new IndexRows(database);
    }

    /// The shapes that a statement affects, and in which version.
    record Affected(Statement statement, List<SourceVersions.Installed> versions) {
        RoaringBitmap shapes() {
            return ExposureIndex.union(
                    versions.stream().map(SourceVersions.Installed::hosts).toList());
        }

        /// The version that this shape has; null if it is not affected.
        SourceVersions.@Nullable Installed in(int shape) {
            return versions.stream()
                    .filter(each -> each.hosts().contains(shape))
                    .findFirst()
                    .orElse(null);
        }
    }

    /// Takes in the shapes that came since the last call. In the snapshot of the question.
    synchronized void catchUp() {
        rows.shapesBeside(Set.copyOf(releases.keySet()), shapes -> shapes.forEach(this::put));
    }

    private void put(Shape shape) {
        releases.put(shape.number(), shape.release());
        for (Shape.SourceVersion each : shape.versions()) {
            sources.computeIfAbsent(key(shape.release(), each.source()), _ -> new HashMap<>(2))
                    .computeIfAbsent(
                            Objects.requireNonNullElse(each.module(), UNTOLD),
                            _ ->
                                    new SourceVersions(
                                            shape.release(),
                                            each.source(),
                                            each.module(),
                                            shape.order()))
                    .give(each.version(), 0)
                    .hosts()
                    .add(shape.number());
        }
    }

    synchronized Affected affected(Statement statement) {
        return new Affected(
                statement,
                streams(statement.release(), statement.source())
                        .flatMap(each -> each.affected(statement).stream())
                        .toList());
    }

    private Stream<SourceVersions> streams(String release, String source) {
        return sources.getOrDefault(key(release, source), Map.of()).values().stream();
    }

    /// Empty where there is no such shape.
    synchronized String release(int shape) {
        return releases.getOrDefault(shape, "");
    }

    /// The oldest version of the source in that shape; empty if it has none.
    synchronized String version(int shape, String release, String source) {
        return streams(release, source)
                .flatMap(each -> each.all().stream())
                .filter(each -> each.hosts().contains(shape))
                .map(SourceVersions.Installed::version)
                .findFirst()
                .orElse("");
    }

    /// Whether the shape has an older version of what the upgrade would bring.
    synchronized boolean lacks(int shape, PendingSet.Upgrade upgrade) {
        return streams(release(shape), upgrade.known())
                .flatMap(each -> each.below(upgrade.knownVersion()).stream())
                .anyMatch(each -> each.hosts().contains(shape));
    }

    private static String key(String release, String source) {
        return release + "/" + source;
    }
}
