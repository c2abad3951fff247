package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Who is exposed to a vulnerability now: hosts that have an affected package installed, or that
/// still run what an installed fix replaced. Answered from memory.
public final class ExposedHosts {
    private static final int AT_ONCE = 1_000;

    private final FollowDatabase index;

    public ExposedHosts(FollowDatabase index) {
        this.index = index;
    }

    /// A part of an answer.
    ///
    /// @param total how many hosts are exposed
    /// @param groups how many of them are in each group
    /// @param rows for each host of this part, one or more
    /// @param next where the next part begins; null at the end
    /// @param asOf everything that was committed before then is taken into account
    public record Answer(
            int total,
            Map<String, Integer> groups,
            List<Exposed> rows,
            @Nullable HostId next,
            Instant asOf) {
        public Answer {
            rows = List.copyOf(rows);
        }
    }

    /// How many hosts are exposed.
    public int count(String cve, @Nullable String group) {
        return index.index().find(cve, group).hosts().getCardinality();
    }

    /// The first `limit` exposed hosts after host `after`, by id.
    ///
    /// @param cve a CVE, or the id of an advisory that names none
    /// @param group null for the whole fleet
    public Answer page(String cve, @Nullable String group, @Nullable HostId after, int limit) {
        ExposureIndex all = index.index();
        Instant asOf = index.asOf();
        return all.reading(
                () -> {
                    ExposureIndex.Found found = all.find(cve, group);
                    int[] hosts = all.first(found.hosts(), after, limit + 1);
                    int[] shown = Arrays.copyOf(hosts, Math.min(limit, hosts.length));
                    return new Answer(
                            found.hosts().getCardinality(),
                            byGroup(all, found.hosts()),
                            all.explain(shown, cve, found),
                            hosts.length > limit ? all.host(hosts[limit - 1]) : null,
                            asOf);
                });
    }

    /// Every exposed host, by id, without holding them all; hosts that change meanwhile may be as
    /// before or as after.
    public void stream(String cve, @Nullable String group, Consumer<List<Exposed>> rows) {
        ExposureIndex all = index.index();
        int[] hosts = all.reading(() -> all.sorted(all.find(cve, group).hosts()));
        for (int from = 0; from < hosts.length; from += AT_ONCE) {
            int[] some = Arrays.copyOfRange(hosts, from, Math.min(hosts.length, from + AT_ONCE));
            rows.accept(all.reading(() -> all.explain(some, cve, all.find(cve, null))));
        }
    }

    /// Every exposed host, by id.
    public void eachHost(String cve, @Nullable String group, Consumer<HostId> taken) {
        ExposureIndex all = index.index();
        int[] hosts = all.reading(() -> all.sorted(all.find(cve, group).hosts()));
        for (int host : hosts) {
            taken.accept(all.host(host));
        }
    }

    /// Every row.
    public List<Exposed> all(String cve) {
        List<Exposed> all = new ArrayList<>();
        stream(cve, null, all::addAll);
        return all;
    }

    private static Map<String, Integer> byGroup(ExposureIndex all, RoaringBitmap hosts) {
        Map<String, Integer> groups = new TreeMap<>();
        all.sets()
                .groups()
                .forEach(
                        (group, members) -> {
                            int some = RoaringBitmap.andCardinality(members, hosts);
                            if (some > 0) {
                                groups.put(group, some);
                            }
                        });
        return groups;
    }
}
