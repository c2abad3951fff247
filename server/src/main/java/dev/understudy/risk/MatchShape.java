package dev.understudy.risk;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the advisories that a set of dpkg packages is affected by.
final class MatchShape {
    private static final Comparator<String> ORDER = VersionOrder.DPKG;
    private static final Pattern SIGNED_VERSION = Pattern.compile("(.*)\\+([0-9]+)");
    private static final Pattern SIGNED_KERNEL = Pattern.compile("linux-signed-[a-z0-9]+");

    private MatchShape() {}

    /// @param fixes asks for what is known of these source packages
    static List<Finding> findings(
            List<InstalledPackage> packages,
            String release,
            BiFunction<String, Set<String>, List<FixedVersion>> fixes) {
        Map<String, Installed> installed = new HashMap<>();
        for (InstalledPackage each : packages) {
            if (each.status().length() > 1
                    && each.status().charAt(1) != 'n'
                    && each.status().charAt(1) != 'c') {
                Installed one = new Installed(each.sourceName(), each.sourceVersion());
                installed.merge(known(each.sourceName()), one, Installed::older);
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (FixedVersion fix : fixes.apply(release, new HashSet<>(installed.keySet()))) {
            Installed one = installed.get(fix.source());
            if (one != null && affects(fix, one.version())) {
                findings.add(new Finding(one.source(), one.version(), fix));
            }
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

    /// Debian signs its kernels in source packages of their own, of which advisories do not speak:
    /// `linux-signed-amd64` 6.1.99+1 is `linux` 6.1.99-1.
    static String known(String source) {
        return SIGNED_KERNEL.matcher(source).matches() ? "linux" : source;
    }

    private static String known(String source, String version) {
        if (!source.equals("linux") || version.contains("-")) {
            return version;
        }
        Matcher signed = SIGNED_VERSION.matcher(version);
        return signed.matches() ? signed.group(1) + "-" + signed.group(2) : version;
    }

    private record Installed(String source, String version) {
        Installed older(Installed other) {
            String mine = known(known(source), version);
            String others = known(known(other.source), other.version);
            return ORDER.compare(mine, others) <= 0 ? this : other;
        }
    }
}
