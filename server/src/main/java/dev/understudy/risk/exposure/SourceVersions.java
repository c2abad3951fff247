package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The installed versions of one source package in one release and module stream, in the package
/// manager's order, each with the hosts that have it. What an advisory affects is one run of them.
final class SourceVersions {
    /// A version that some host has, or still runs.
    ///
    /// @param number dense, among the versions of all sources
    /// @param of the package that it is a version of
    record Installed(int number, SourceVersions of, String version, RoaringBitmap hosts) {}

    private final String release;
    private final String source;
    private final @Nullable String module;
    private final Comparator<String> order;
    private final List<Installed> sorted = new ArrayList<>();

    SourceVersions(
            String release, String source, @Nullable String module, Comparator<String> order) {
        this.release = release;
        this.source = source;
        this.module = module;
        this.order = order;
    }

    String release() {
        return release;
    }

    String source() {
        return source;
    }

    /// The stream of all of them; see [Shape.SourceVersion].
    @Nullable String module() {
        return module;
    }

    Comparator<String> order() {
        return order;
    }

    /// The version's place, made with `number` if it had none.
    Installed give(String version, int number) {
        int at = firstNotBelow(version);
        while (at < sorted.size() && order.compare(sorted.get(at).version(), version) == 0) {
            if (sorted.get(at).version().equals(version)) {
                return sorted.get(at);
            }
            at++;
        }
        Installed made = new Installed(number, this, version, new RoaringBitmap());
        sorted.add(at, made);
        return made;
    }

    void forget(Installed version) {
        sorted.removeIf(each -> each.number() == version.number());
    }

    /// The versions that the statement affects: none where it speaks of another module stream.
    List<Installed> affected(Statement statement) {
        if (!statement.concerns(module)) {
            return List.of();
        }
        int from = statement.introduced().equals("0") ? 0 : firstNotBelow(statement.introduced());
        String fixed = statement.fixed();
        String last = statement.lastAffected();
        int to =
                Math.min(
                        fixed == null ? sorted.size() : firstNotBelow(fixed),
                        last == null ? sorted.size() : firstAbove(last));
        return from >= to ? List.of() : sorted.subList(from, to);
    }

    /// The versions older than `version`.
    List<Installed> below(String version) {
        return sorted.subList(0, firstNotBelow(version));
    }

    List<Installed> all() {
        return sorted;
    }

    private int firstAbove(String version) {
        int at = firstNotBelow(version);
        while (at < sorted.size() && order.compare(sorted.get(at).version(), version) == 0) {
            at++;
        }
        return at;
    }

    private int firstNotBelow(String version) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(sorted.get(middle).version(), version) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
