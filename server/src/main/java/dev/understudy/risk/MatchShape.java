package dev.understudy.risk;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.KnownAs;
import dev.understudy.risk.exposure.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Finds the statements that a set of packages is affected by. Those of dpkg distributions speak of
/// source packages, those of others of source or binary ones.
final class MatchShape {
    private final VersionOrder order;
    private final Comparator<Installed> oldest;

    MatchShape(VersionOrder order) {
        this.order = order;
        this.oldest =
                Comparator.comparing(Installed::known, order)
                        .thenComparing(Installed::source)
                        .thenComparing(Installed::version)
                        .thenComparing(
                                Installed::module,
                                Comparator.nullsFirst(Comparator.naturalOrder()));
    }

    /// One for each statement and package that it speaks of.
    ///
    /// @param inForce asks for what is known of these packages of a release
    List<Finding> findings(
            List<InstalledPackage> packages,
            String release,
            BiFunction<String, Set<String>, List<Statement>> inForce) {
        Map<String, Set<Installed>> installed = new HashMap<>();
        for (InstalledPackage each : packages) {
            if (KnownAs.installed(each.status())) {
                String source = KnownAs.source(each.sourceName());
                add(
                        installed,
                        source,
                        new Installed(
                                KnownAs.version(source, each.sourceVersion()),
                                each.sourceName(),
                                each.sourceVersion(),
                                each.module()));
                if (order != VersionOrder.DPKG) {
                    add(
                            installed,
                            KnownAs.binary(each.name()),
                            new Installed(
                                    each.version(),
                                    each.sourceName(),
                                    each.version(),
                                    each.module()));
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (Statement says : inForce.apply(release, installed.keySet())) {
            installed.getOrDefault(says.source(), Set.of()).stream()
                    .filter(one -> says.concerns(one.module()))
                    .filter(one -> says.affects(one.known(), order))
                    .findFirst()
                    .ifPresent(
                            one ->
                                    findings.add(
                                            new Finding(
                                                    one.source(),
                                                    one.version(),
                                                    says,
                                                    says.assumed(one.module()))));
        }
        return findings;
    }

    private void add(Map<String, Set<Installed>> installed, String name, Installed one) {
        installed.computeIfAbsent(name, _ -> new TreeSet<>(oldest)).add(one);
    }

    /// Whether the package is one that the statement speaks of, in an affected version.
    boolean affects(Statement says, InstalledPackage installed) {
        if (!says.concerns(installed.module())) {
            return false;
        }
        return says.source().equals(KnownAs.binary(installed.name()))
                ? says.affects(installed.version(), order)
                : says.source().equals(KnownAs.source(installed.sourceName()))
                        && says.affects(
                                KnownAs.version(says.source(), installed.sourceVersion()), order);
    }

    /// Whether the upgrade brings the fix to a package that the statement speaks of.
    boolean fixedBy(Statement says, PendingUpgrade upgrade) {
        return says.source().equals(KnownAs.binary(upgrade.name()))
                ? says.fixedBy(upgrade.candidateVersion(), order)
                : says.source().equals(KnownAs.source(upgrade.sourceName()))
                        && says.fixedBy(
                                KnownAs.version(says.source(), upgrade.sourceVersion()), order);
    }

    /// @param known the version as statements name it
    /// @param module see [InstalledPackage]
    private record Installed(
            String known, String source, String version, @Nullable String module) {}
}
