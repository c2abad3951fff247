package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What became of hosts that moved from one shape to another, by vulnerability as it is known now.
/// Kept while the same statements are in force, so that an answer in parts is worked out once.
final class ShapeDifferences {
    private static final int MOST = 50_000;

    private final Map<Move, Difference> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Move, Difference> eldest) {
                    return size() > MOST;
                }
            };

    private @Nullable Statements of;
    private long edition;

    /// Numbers of shapes.
    record Move(int before, int after) {}

    /// @param fixed what affected the shape before, and by the same packages not the one after
    /// @param opened the other way round
    record Difference(Set<String> fixed, Set<String> opened) {
        static final Difference NONE = new Difference(Set.of(), Set.of());

        Difference {
            fixed = Set.copyOf(fixed);
            opened = Set.copyOf(opened);
        }
    }

    /// Those of all the moves; of a shape that is not there any more nothing is known.
    ///
    /// @param read reads shapes by their numbers
    synchronized Map<Move, Difference> of(
            ExposureIndex index, Collection<Move> moves, Function<Set<Integer>, List<Shape>> read) {
        Set<Move> missing = index.reading(() -> missing(index, moves));
        Map<Integer, Shape> shapes = shapes(missing, read);
        Map<Move, Difference> all = new HashMap<>();
        index.reading(
                () -> {
                    for (Move move : moves) {
                        all.put(
                                move,
                                missing.contains(move)
                                        ? compare(index, move, shapes)
                                        : known.getOrDefault(move, Difference.NONE));
                    }
                    return true;
                });
        known.putAll(all);
        return all;
    }

    private Set<Move> missing(ExposureIndex index, Collection<Move> moves) {
        Statements now = index.statements();
        if (now != of || now.edition() != edition) {
            known.clear();
            of = now;
            edition = now.edition();
        }
        Set<Move> missing = new HashSet<>(moves);
        missing.removeAll(known.keySet());
        return missing;
    }

    private static Map<Integer, Shape> shapes(
            Set<Move> moves, Function<Set<Integer>, List<Shape>> read) {
        Set<Integer> numbers = new TreeSet<>();
        moves.forEach(
                each -> {
                    numbers.add(each.before());
                    numbers.add(each.after());
                });
        return read.apply(numbers).stream()
                .collect(Collectors.toMap(Shape::number, Function.identity()));
    }

    private static Difference compare(ExposureIndex index, Move move, Map<Integer, Shape> shapes) {
        Shape before = shapes.get(move.before());
        Shape after = shapes.get(move.after());
        return before == null || after == null
                ? Difference.NONE
                : new Difference(only(index, before, after), only(index, after, before));
    }

    /// What affects `one` and not `other`.
    private static Set<String> only(ExposureIndex index, Shape one, Shape other) {
        Set<Shape.SourceVersion> changed = new HashSet<>(one.versions());
        other.versions().forEach(changed::remove);
        Map<String, List<Shape.SourceVersion>> others = new HashMap<>();
        other.versions()
                .forEach(
                        each ->
                                others.computeIfAbsent(each.source(), _ -> new ArrayList<>(1))
                                        .add(each));
        Set<String> cves = new HashSet<>();
        Set<String> still = new HashSet<>();
        for (Shape.SourceVersion each : changed) {
            for (Statement says : index.statements().of(one.release(), each.source())) {
                if (affects(says, each, one)) {
                    boolean there =
                            one.release().equals(other.release())
                                    && others.getOrDefault(each.source(), List.of()).stream()
                                            .anyMatch(v -> affects(says, v, other));
                    (there ? still : cves).addAll(Statements.names(says));
                }
            }
        }
        cves.removeAll(still);
        return cves;
    }

    private static boolean affects(Statement says, Shape.SourceVersion version, Shape of) {
        return says.concerns(version.module()) && says.affects(version.version(), of.order());
    }
}
