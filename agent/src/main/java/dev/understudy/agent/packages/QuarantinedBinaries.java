package dev.understudy.agent.packages;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.QuarantinedVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds out of apt which binary packages quarantined versions of sources stand for.
final class QuarantinedBinaries {
    private QuarantinedBinaries() {}

    /// The binary packages that these versions stand for: those that apt has of a source that is
    /// installed, and of every source the package of its own name.
    static List<KeptAway> of(
            List<QuarantinedVersion> versions,
            List<InstalledPackage> installed,
            String nativeArchitecture,
            AptCommands apt)
            throws PackageManagerException, InterruptedException {
        Set<String> sources =
                versions.stream().map(QuarantinedVersion::source).collect(Collectors.toSet());
        Map<String, String> versionOf = new HashMap<>();
        for (InstalledPackage p : installed) {
            if (sources.contains(p.sourceName()) || sources.contains(p.name())) {
                versionOf.put(PendingUpgrades.aptName(p, nativeArchitecture), p.version());
            }
        }
        Map<String, QuarantinedVersion> wanted = new HashMap<>();
        versions.forEach(
                each -> wanted.put(PendingUpgrades.key(each.source(), each.version()), each));
        List<KeptAway> kept = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Map<String, String> stanza : apt.showAll(new TreeSet<>(versionOf.keySet()))) {
            String name = PendingUpgrades.aptName(stanza, nativeArchitecture);
            String version = stanza.getOrDefault("Version", "");
            String key = PendingUpgrades.key(name, version);
            QuarantinedVersion of = wanted.get(PendingUpgrades.sourceKey(stanza));
            if (of == null) {
                of = wanted.get(PendingUpgrades.key(stanza.getOrDefault("Package", ""), version));
            }
            if (of != null && seen.add(key)) {
                kept.add(new KeptAway(name, version, version.equals(versionOf.get(name)), of));
            }
        }
        wanted.forEach(
                (key, of) -> {
                    if (seen.add(key)) {
                        kept.add(new KeptAway(of.source(), of.version(), false, of));
                    }
                });
        return kept;
    }
}
