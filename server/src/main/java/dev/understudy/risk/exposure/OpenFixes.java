package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The fixes that hosts lack: those that feeds know, and those that only changelogs tell. Costs
/// what of them changed since it was asked last, and the answer; for a single group, all of that
/// group.
public final class OpenFixes {
    private final FollowDatabase index;

    public OpenFixes(FollowDatabase index) {
        this.index = index;
    }

    /// Into what hosts are told apart.
    ///
    /// @param apart hosts that are not like the others of their stratum
    public record Kinds<K>(
            Function<Stratum, K> ofStratum, Set<HostId> apart, BiFunction<HostId, Stratum, K> of) {
        public Kinds {
            apart = Set.copyOf(apart);
        }
    }

    /// Vulnerabilities with a fix that hosts of one kind lack, whose clocks start alike.
    ///
    /// @param cves none where a patch comes from the security archive and nobody names any
    /// @param advisory who tells; null where only a changelog does
    /// @param source, version what would come, as hosts call it; null where nothing pending fixes
    ///   it
    /// @param published when the advisory was published; null where nobody says
    /// @param inForce since when this control plane knows it; null where only a changelog tells
    public record OpenFix<K>(
            List<String> cves,
            @Nullable String advisory,
            String release,
            String packageName,
            String fixed,
            @Nullable String source,
            @Nullable String version,
            @Nullable Instant published,
            @Nullable Instant inForce,
            K kind,
            int hosts) {
        public OpenFix {
            cves = List.copyOf(cves);
        }
    }

    /// @param group null for the whole fleet
    public <K> List<OpenFix<K>> all(@Nullable String group, Kinds<K> kinds) {
        ExposureIndex all = index.index();
        return all.reading(() -> new Numbering<>(all, group, kinds).open());
    }

    /// Gives kinds numbers, by which the index counts.
    private static final class Numbering<K> {
        private final ExposureIndex index;
        private final @Nullable String group;
        private final Map<K, Integer> numbers = new LinkedHashMap<>();
        private final OpenFindings.Classes classes;

        Numbering(ExposureIndex index, @Nullable String group, Kinds<K> kinds) {
            this.index = index;
            this.group = group;
            Map<Stratum, Integer> strata = new HashMap<>();
            Map<Integer, Integer> apart = new HashMap<>();
            for (Stratum each : index.sets().strata()) {
                if (group == null || group.equals(each.group())) {
                    strata.put(each, number(kinds.ofStratum().apply(each)));
                }
            }
            for (HostId host : kinds.apart().stream().sorted().toList()) {
                Stratum stratum = index.stratumOf(host);
                if (stratum != null && (group == null || group.equals(stratum.group()))) {
                    apart.put(index.number(host), number(kinds.of().apply(host, stratum)));
                }
            }
            this.classes = new OpenFindings.Classes(strata, apart, numbers.size());
        }

        private int number(K kind) {
            return numbers.computeIfAbsent(kind, _ -> numbers.size());
        }

        List<OpenFix<K>> open() {
            List<OpenFindings.Counted> counted =
                    group == null
                            ? index.open().all(classes)
                            : index.open().some(group, classes, members(group));
            List<K> kinds = List.copyOf(numbers.keySet());
            return counted.stream()
                    .flatMap(
                            each ->
                                    each.shares().stream()
                                            .map(
                                                    share ->
                                                            fix(
                                                                    each,
                                                                    kinds.get(share.ofClass()),
                                                                    share.hosts())))
                    .toList();
        }

        private RoaringBitmap members(String name) {
            return index.sets().group(name);
        }

        private static <K> OpenFix<K> fix(OpenFindings.Counted each, K kind, int hosts) {
            Statement told = each.told();
            PendingSet.Upgrade upgrade = each.upgrade();
            String fixed =
                    told != null
                            ? told.fixed()
                            : Objects.requireNonNull(upgrade, "nobody tells it").knownVersion();
            return new OpenFix<>(
                    each.cves(),
                    told == null ? null : told.advisory(),
                    each.of().release(),
                    each.of().name(),
                    Objects.requireNonNull(fixed),
                    upgrade == null ? null : upgrade.source(),
                    upgrade == null ? null : upgrade.version(),
                    told == null ? null : told.published(),
                    told == null ? null : told.inForce(),
                    kind,
                    hosts);
        }
    }
}
