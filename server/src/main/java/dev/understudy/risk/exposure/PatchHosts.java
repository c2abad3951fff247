package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Which hosts have a patch before them, and which patches there are. Answered from memory; a part
/// costs what is in it.
public final class PatchHosts {
    private static final int AT_ONCE = 1_000;

    private final FollowDatabase index;

    public PatchHosts(FollowDatabase index) {
        this.index = index;
    }

    /// A part of an answer.
    ///
    /// @param total how many hosts have it before them
    /// @param next where the next part begins; null at the end
    public record Answer(int total, List<HostId> hosts, @Nullable HostId next) {
        public Answer {
            hosts = List.copyOf(hosts);
        }
    }

    /// The first `limit` hosts after host `after`, by id.
    ///
    /// @param source, version as hosts call them
    /// @param group null for the whole fleet
    public Answer page(
            String release,
            String source,
            String version,
            @Nullable String group,
            @Nullable HostId after,
            int limit) {
        ExposureIndex all = index.index();
        return all.reading(
                () ->
                        part(
                                all,
                                all.within(having(all, release, source, version), group),
                                after,
                                limit));
    }

    /// All of them, by id, without holding more than their numbers.
    public void stream(
            String release,
            String source,
            String version,
            @Nullable String group,
            Consumer<List<HostId>> taken) {
        ExposureIndex all = index.index();
        inParts(
                all,
                all.reading(
                        () -> all.sorted(all.within(having(all, release, source, version), group))),
                taken);
    }

    static void inParts(ExposureIndex all, int[] hosts, Consumer<List<HostId>> taken) {
        for (int from = 0; from < hosts.length; from += AT_ONCE) {
            taken.accept(
                    hosts(
                            all,
                            Arrays.copyOfRange(
                                    hosts, from, Math.min(hosts.length, from + AT_ONCE))));
        }
    }

    /// The part of `having` after host `after`. Call it while reading.
    static Answer part(ExposureIndex all, RoaringBitmap having, @Nullable HostId after, int limit) {
        int[] some = all.first(having, after, limit + 1);
        return new Answer(
                having.getCardinality(),
                hosts(all, Arrays.copyOf(some, Math.min(limit, some.length))),
                some.length > limit ? all.host(some[limit - 1]) : null);
    }

    /// The patches of the source, as advisories know it, that any host of the release has before
    /// it, as RELEASE/SOURCE/VERSION.
    public Set<String> pending(String release, String source) {
        ExposureIndex all = index.index();
        return all.reading(
                () -> {
                    Set<String> patches = new TreeSet<>();
                    RoaringBitmap here = all.sets().release(release);
                    for (PendingSets.Used used : all.pendingSets().with(source)) {
                        if (RoaringBitmap.intersects(used.hosts(), here)) {
                            used.set().upgrades().stream()
                                    .filter(each -> each.known().equals(source))
                                    .forEach(each -> patches.add(each.patch(release)));
                        }
                    }
                    return patches;
                });
    }

    private static RoaringBitmap having(
            ExposureIndex all, String release, String source, String version) {
        List<RoaringBitmap> having = new ArrayList<>();
        for (PendingSets.Used used : all.pendingSets().with(KnownAs.source(source))) {
            if (used.set().upgrades().stream()
                    .anyMatch(
                            each ->
                                    each.source().equals(source)
                                            && each.version().equals(version))) {
                having.add(used.hosts());
            }
        }
        RoaringBitmap hosts = ExposureIndex.union(having);
        hosts.and(all.sets().release(release));
        return hosts;
    }

    private static List<HostId> hosts(ExposureIndex all, int[] numbers) {
        return Arrays.stream(numbers).mapToObj(all::host).toList();
    }
}
