package dev.understudy.risk;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.KnownAs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/// Finds the advisories that a set of dpkg packages is affected by.
final class MatchShape {
    private static final Comparator<String> ORDER = VersionOrder.DPKG;

    private static final Comparator<Installed> OLDEST =
            Comparator.comparing(Installed::known, ORDER)
                    .thenComparing(Installed::source)
                    .thenComparing(Installed::version);

    private MatchShape() {}

    /// @param fixes asks for what is known of these source packages
    static List<Finding> findings(
            List<InstalledPackage> packages,
            String release,
            BiFunction<String, Set<String>, List<FixedVersion>> fixes) {
        Map<String, Set<Installed>> installed = new HashMap<>();
        for (InstalledPackage each : packages) {
            if (KnownAs.installed(each.status())) {
                installed
                        .computeIfAbsent(known(each.sourceName()), _ -> new TreeSet<>(OLDEST))
                        .add(new Installed(each.sourceName(), each.sourceVersion()));
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (FixedVersion fix : fixes.apply(release, new HashSet<>(installed.keySet()))) {
            installed.getOrDefault(fix.source(), Set.of()).stream()
                    .filter(one -> affects(fix, one.version()))
                    .findFirst()
                    .ifPresent(one -> findings.add(new Finding(one.source(), one.version(), fix)));
        }
        return findings;
    }

    /// Whether a source version is one that the advisory means.
    static boolean affects(FixedVersion fix, String sourceVersion) {
        return fix.affects(known(fix.source(), sourceVersion), ORDER);
    }

    /// Whether a source version has the fix.
    static boolean fixedBy(FixedVersion fix, String sourceVersion) {
        return fix.fixedBy(known(fix.source(), sourceVersion), ORDER);
    }

    static String known(String source) {
        return KnownAs.source(source);
    }

    private static String known(String source, String version) {
        return KnownAs.version(source, version);
    }

    private record Installed(String source, String version) {
        String known() {
            return KnownAs.version(KnownAs.source(source), version);
        }
    }
}
