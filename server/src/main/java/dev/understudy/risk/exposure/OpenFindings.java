package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// What hosts lack, each part of it with how many hosts of each class do: of the fleet, and of the
/// groups that were asked for last. Found anew only for packages of which something changed since
/// it was asked last, and all of it when the classes are others.
final class OpenFindings {
    private static final int GROUPS_KEPT = 16;

    private final ExposureIndex index;

    /// By group; the empty name is for the fleet.
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    OpenFindings(ExposureIndex index) {
        this.index = index;
    }

    /// Into which class each host falls.
    ///
    /// @param ofHosts by number; those that are in no class of their stratum's
    record Classes(Map<Stratum, Integer> ofStrata, Map<Integer, Integer> ofHosts, int size) {
        Classes {
            ofStrata = Map.copyOf(ofStrata);
            ofHosts = Map.copyOf(ofHosts);
        }
    }

    record PackageKey(String release, String name) {}

    /// A part of what hosts lack of a package.
    ///
    /// @param shares of the classes with hosts in it
    record Counted(
            PackageKey of,
            List<String> cves,
            @Nullable Statement told,
            PendingSet.@Nullable Upgrade upgrade,
            List<Share> shares) {}

    /// So many hosts of a class.
    record Share(int ofClass, int hosts) {}

    /// What was found last, of the fleet or of a group.
    private static final class Kept {
        private final Map<PackageKey, List<Counted>> open = new HashMap<>();
        private final Set<PackageKey> changed = new HashSet<>();
        private @Nullable Classes counted;

        void changed(Set<PackageKey> packages) {
            if (counted != null) {
                changed.addAll(packages);
            }
        }
    }

    /// Takes note that hosts of the package changed. Called by the one who writes.
    void changed(SourceVersions source) {
        changed(source.release(), source.source());
    }

    private void changed(String release, String name) {
        if (kept.isEmpty()) {
            return;
        }
        Set<PackageKey> changed = new HashSet<>();
        changed.add(new PackageKey(release, name));
        if (KnownAs.isBinary(name)) {
            for (PendingSets.Used each : index.pendingSets().with(name)) {
                for (PendingSet.Upgrade upgrade : each.set().upgrades()) {
                    if (upgrade.concerns(name)) {
                        changed.add(new PackageKey(release, upgrade.known()));
                    }
                }
            }
        }
        kept.values().forEach(each -> each.changed(changed));
    }

    /// Takes note that a host has, had, or still runs what this set would replace.
    void changed(PendingSet set) {
        if (kept.isEmpty()) {
            return;
        }
        Set<PackageKey> changed = new HashSet<>();
        for (String release : index.sets().releases()) {
            for (PendingSet.Upgrade each : set.upgrades()) {
                changed.add(new PackageKey(release, each.known()));
                each.binaries()
                        .forEach(
                                one ->
                                        changed.add(
                                                new PackageKey(
                                                        release, KnownAs.binary(one.name()))));
            }
        }
        kept.values().forEach(each -> each.changed(changed));
    }

    /// Takes note of statements that went and came. Called by the one who writes.
    void changed(Collection<Statement> statements) {
        statements.forEach(each -> changed(each.release(), each.source()));
    }

    /// What the fleet lacks. Called while nothing is written; many may ask at once.
    synchronized List<Counted> all(Classes classes) {
        return of("", classes, null);
    }

    /// The same of the hosts of a group.
    ///
    /// @param members all of its hosts
    synchronized List<Counted> some(String group, Classes classes, RoaringBitmap members) {
        List<Counted> found = of(group, classes, members);
        if (kept.size() > GROUPS_KEPT) {
            kept.keySet().stream()
                    .filter(each -> !each.isEmpty())
                    .findFirst()
                    .ifPresent(kept::remove);
        }
        return found;
    }

    private List<Counted> of(String group, Classes classes, @Nullable RoaringBitmap among) {
        Kept of = kept.computeIfAbsent(group, _ -> new Kept());
        if (!classes.equals(of.counted)) {
            of.open.clear();
            of.changed.clear();
            of.changed.addAll(packages());
            of.counted = classes;
        }
        if (!of.changed.isEmpty()) {
            Counting counting = new Counting(classes, among);
            for (PackageKey each : of.changed) {
                List<Counted> found = counting.count(each);
                if (found.isEmpty()) {
                    of.open.remove(each);
                } else {
                    of.open.put(each, found);
                }
            }
            of.changed.clear();
        }
        return of.open.values().stream().flatMap(List::stream).toList();
    }

    private Set<PackageKey> packages() {
        Set<PackageKey> all = new HashSet<>();
        index.statements().all().forEach(each -> all.add(key(each)));
        for (String release : index.sets().releases()) {
            index.pendingSets().packages().forEach(name -> all.add(new PackageKey(release, name)));
        }
        return all;
    }

    private static PackageKey key(Statement says) {
        return new PackageKey(says.release(), says.source());
    }

    /// Counts the hosts of parts by class.
    private final class Counting {
        private final Classes classes;
        private final @Nullable RoaringBitmap among;
        private final List<RoaringBitmap> hosts = new ArrayList<>();

        Counting(Classes classes, @Nullable RoaringBitmap among) {
            this.classes = classes;
            this.among = among;
            for (int i = 0; i < classes.size(); i++) {
                hosts.add(new RoaringBitmap());
            }
            classes.ofStrata().forEach((each, of) -> hosts.get(of).or(index.sets().stratum(each)));
            classes.ofHosts().keySet().forEach(host -> hosts.forEach(each -> each.remove(host)));
        }

        List<Counted> count(PackageKey of) {
            List<Counted> found = new ArrayList<>();
            for (OpenParts.Part part : OpenParts.of(index, of.release(), of.name(), among)) {
                count(of, part, found);
            }
            return found;
        }

        private void count(PackageKey of, OpenParts.Part part, List<Counted> found) {
            int[] counts = new int[classes.size()];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = RoaringBitmap.andCardinality(hosts.get(i), part.hosts());
            }
            classes.ofHosts()
                    .forEach(
                            (host, at) -> {
                                if (part.hosts().contains(host)) {
                                    counts[at]++;
                                }
                            });
            List<Share> shares =
                    IntStream.range(0, counts.length)
                            .filter(i -> counts[i] > 0)
                            .mapToObj(i -> new Share(i, counts[i]))
                            .toList();
            if (!shares.isEmpty()) {
                found.add(new Counted(of, part.cves(), part.told(), part.upgrade(), shares));
            }
        }
    }
}
