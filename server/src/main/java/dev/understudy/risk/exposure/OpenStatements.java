package dev.understudy.risk.exposure;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/// The statements with a fix that hosts lack, each with how many these are. Found anew only for
/// packages of which something changed since it was asked last.
final class OpenStatements {
    private final ExposureIndex index;
    private final Map<Long, Open> open = new HashMap<>();
    private final Set<PackageKey> changed = new HashSet<>();
    private final Map<PackageKey, Set<Long>> byPackage = new HashMap<>();
    private boolean all = true;

    OpenStatements(ExposureIndex index) {
        this.index = index;
    }

    /// @param internet how many of the hosts that lack the fix count as exposed to the internet,
    ///   `other` the rest
    record Open(Statement statement, SourceVersions source, int internet, int other) {
        /// The hosts that lack the fix.
        RoaringBitmap hosts() {
            return hosts(source, statement);
        }

        private static RoaringBitmap hosts(SourceVersions source, Statement says) {
            return ExposureIndex.union(
                    source.affected(says).stream().map(SourceVersions.Installed::hosts).toList());
        }
    }

    private record PackageKey(String release, String source) {}

    /// Takes note that hosts of the package changed. Called by the one who writes.
    void changed(SourceVersions source) {
        if (!all) {
            changed.add(new PackageKey(source.release(), source.source()));
        }
    }

    /// Takes note of statements that went and came. Called by the one who writes.
    void changed(Collection<Long> ended, Collection<Statement> begun) {
        if (all) {
            return;
        }
        ended.forEach(open::remove);
        begun.forEach(each -> changed.add(new PackageKey(each.release(), each.source())));
    }

    /// Called while nothing is written; many may ask at once.
    synchronized Collection<Open> all() {
        if (all) {
            index.statements().all().forEach(this::look);
            all = false;
        } else {
            changed.forEach(this::lookAgain);
        }
        changed.clear();
        return List.copyOf(open.values());
    }

    private void lookAgain(PackageKey of) {
        Set<Long> before = byPackage.remove(of);
        if (before != null) {
            before.forEach(open::remove);
        }
        index.statements().of(of.release(), of.source()).forEach(this::look);
    }

    private void look(Statement says) {
        SourceVersions source = index.source(says.release(), says.source());
        if (source == null || says.fixed() == null) {
            return;
        }
        RoaringBitmap hosts = Open.hosts(source, says);
        if (!hosts.isEmpty()) {
            int internet = RoaringBitmap.andCardinality(hosts, index.internet());
            open.put(
                    says.id(), new Open(says, source, internet, hosts.getCardinality() - internet));
            byPackage
                    .computeIfAbsent(
                            new PackageKey(says.release(), says.source()), _ -> new HashSet<>())
                    .add(says.id());
        }
    }
}
