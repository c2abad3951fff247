package dev.understudy.risk.exposure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The hosts that have a shape, by group, by stratum and by release.
final class HostSets {
    private final Map<String, RoaringBitmap> groups = new HashMap<>();
    private final Map<Stratum, RoaringBitmap> strata = new HashMap<>();
    private final Map<String, RoaringBitmap> releases = new HashMap<>();

    void move(@Nullable Stratum before, @Nullable Stratum after, int host) {
        move(
                groups,
                before == null ? null : before.group(),
                after == null ? null : after.group(),
                host);
        move(strata, before, after, host);
    }

    void moveRelease(@Nullable String before, @Nullable String after, int host) {
        move(releases, before, after, host);
    }

    private static <K> void move(
            Map<K, RoaringBitmap> sets, @Nullable K before, @Nullable K after, int host) {
        if (before != null && !before.equals(after)) {
            RoaringBitmap left = sets.get(before);
            if (left != null) {
                left.remove(host);
            }
        }
        if (after != null) {
            sets.computeIfAbsent(after, _ -> new RoaringBitmap()).add(host);
        }
    }

    Map<String, RoaringBitmap> groups() {
        return groups;
    }

    RoaringBitmap group(String name) {
        return groups.getOrDefault(name, new RoaringBitmap());
    }

    /// Those that hosts are in, sorted.
    List<Stratum> strata() {
        return strata.keySet().stream().filter(each -> !stratum(each).isEmpty()).sorted().toList();
    }

    RoaringBitmap stratum(Stratum which) {
        return strata.getOrDefault(which, new RoaringBitmap());
    }

    /// Those that any host has, or had.
    Set<String> releases() {
        return releases.keySet();
    }

    RoaringBitmap release(String name) {
        return releases.getOrDefault(name, new RoaringBitmap());
    }

    void optimize() {
        groups.values().forEach(RoaringBitmap::runOptimize);
        strata.values().forEach(RoaringBitmap::runOptimize);
        releases.values().forEach(RoaringBitmap::runOptimize);
    }
}
