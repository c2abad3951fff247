package dev.understudy.agent.packages;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts together what apt says of every installed package with a newer candidate.
///
/// @param policies by the name apt prints (see [#aptName])
/// @param policiesWithoutPins as they would be without the owner's preferences
/// @param records of the candidates, by name, architecture and version (see [#key])
/// @param held names as `apt-mark showhold` prints them
/// @param whole what an upgrade would do that may remove packages
/// @param safe what an upgrade would do that may not
/// @param unphased what an upgrade would do that may, if no update were held back to reach hosts by
///   and by
record PendingUpgrades(
        String nativeArchitecture,
        Map<String, AptPolicy> policies,
        Map<String, AptPolicy> policiesWithoutPins,
        Map<String, AptSource> sources,
        Map<String, Map<String, String>> records,
        Set<String> held,
        Simulation whole,
        Simulation safe,
        Simulation unphased) {

    /// The name under which apt speaks of a package.
    static String aptName(InstalledPackage p, String nativeArchitecture) {
        boolean foreign =
                !p.architecture().equals("all") && !p.architecture().equals(nativeArchitecture);
        return foreign ? p.name() + ":" + p.architecture() : p.name();
    }

    static String aptName(Map<String, String> stanza, String nativeArchitecture) {
        String name = stanza.getOrDefault("Package", "");
        String architecture = stanza.getOrDefault("Architecture", "");
        boolean foreign = !architecture.equals("all") && !architecture.equals(nativeArchitecture);
        return foreign ? name + ":" + architecture : name;
    }

    static String key(String aptName, String version) {
        return aptName + "=" + version;
    }

    /// The records of `apt-cache show`, by [#key].
    static Map<String, Map<String, String>> byKey(
            List<Map<String, String>> records, String nativeArchitecture) {
        Map<String, Map<String, String>> byKey = new HashMap<>();
        for (Map<String, String> stanza : records) {
            byKey.putIfAbsent(
                    key(aptName(stanza, nativeArchitecture), stanza.getOrDefault("Version", "")),
                    stanza);
        }
        return byKey;
    }

    /// The version that the package would have if nothing stood in the way; the installed one if
    /// there is no newer.
    static String target(
            InstalledPackage p,
            String aptName,
            Map<String, AptPolicy> policies,
            Map<String, AptPolicy> policiesWithoutPins) {
        for (Map<String, AptPolicy> source : List.of(policies, policiesWithoutPins)) {
            AptPolicy policy = source.get(aptName);
            if (policy != null
                    && !policy.candidate().isEmpty()
                    && VersionOrder.DPKG.compare(policy.candidate(), p.version()) > 0) {
                return policy.candidate();
            }
        }
        return p.version();
    }

    List<PendingUpgrade> of(List<InstalledPackage> installed) throws PackageManagerException {
        List<PendingUpgrade> pending = new ArrayList<>();
        for (InstalledPackage p : installed) {
            String aptName = aptName(p, nativeArchitecture);
            String target = target(p, aptName, policies, policiesWithoutPins);
            if (!target.equals(p.version())) {
                pending.add(upgrade(p, aptName, target));
            }
        }
        return pending.stream().sorted().toList();
    }

    private PendingUpgrade upgrade(InstalledPackage p, String aptName, String version)
            throws PackageManagerException {
        Map<String, String> stanza = records.get(key(aptName, version));
        if (stanza == null) {
            throw new PackageManagerException(
                    "apt has no record of its own candidate %s=%s".formatted(aptName, version));
        }
        AptSource source = source(aptName, version);
        try {
            String[] from = source(stanza);
            return new PendingUpgrade(
                    p.name(),
                    stanza.getOrDefault("Architecture", p.architecture()),
                    p.version(),
                    version,
                    from[0],
                    from[1],
                    source.origin(),
                    source.label(),
                    source.name(),
                    source.security(),
                    blocked(p, aptName, version, stanza),
                    List.of(),
                    false,
                    Long.parseLong(stanza.getOrDefault("Size", "0")));
        } catch (IllegalArgumentException e) {
            throw new PackageManagerException(
                    "apt's record of %s=%s is not valid: %s"
                            .formatted(aptName, version, e.getMessage()),
                    e);
        }
    }

    /// The index that the version comes from; a security archive before any other that has it too.
    private AptSource source(String aptName, String version) {
        List<String> indexes = new ArrayList<>();
        for (Map<String, AptPolicy> known : List.of(policies, policiesWithoutPins)) {
            AptPolicy policy = known.get(aptName);
            if (policy != null) {
                indexes.addAll(policy.indexesOf(version));
            }
        }
        return indexes.stream()
                .map(index -> sources.getOrDefault(index, AptSource.UNKNOWN))
                .max(
                        Comparator.comparing(AptSource::security)
                                .thenComparing(source -> !source.equals(AptSource.UNKNOWN)))
                .orElse(AptSource.UNKNOWN);
    }

    /// The source of a record of apt's, as [#key] has names and versions.
    static String sourceKey(Map<String, String> stanza) {
        String[] source = source(stanza);
        return key(source[0], source[1]);
    }

    /// A `Source` field is `name`, `name (version)`, or missing where both are the package's own.
    private static String[] source(Map<String, String> stanza) {
        String name = stanza.getOrDefault("Package", "");
        String version = stanza.getOrDefault("Version", "");
        String field = stanza.getOrDefault("Source", "");
        int open = field.indexOf(" (");
        if (field.isEmpty()) {
            return new String[] {name, version};
        }
        if (open >= 0 && !field.endsWith(")")) {
            throw new IllegalArgumentException("its Source is '%s'".formatted(field));
        }
        return open < 0
                ? new String[] {field, version}
                : new String[] {
                    field.substring(0, open), field.substring(open + 2, field.length() - 1)
                };
    }

    private Blocked blocked(
            InstalledPackage p, String aptName, String version, Map<String, String> stanza) {
        AptPolicy policy = policies.get(aptName);
        if (policy == null || !policy.candidate().equals(version)) {
            return Blocked.PINNED;
        }
        if (held.contains(aptName) || p.status().startsWith("h")) {
            return Blocked.HELD;
        }
        if (installs(safe, p, stanza, version)) {
            return Blocked.NONE;
        }
        boolean deferred =
                isPhased(stanza)
                        && installs(unphased, p, stanza, version)
                        && !installs(whole, p, stanza, version);
        return deferred ? Blocked.PHASED : Blocked.CONFLICT;
    }

    static boolean isPhased(Map<String, String> stanza) {
        return !stanza.getOrDefault("Phased-Update-Percentage", "100").equals("100");
    }

    private static boolean installs(
            Simulation simulation, InstalledPackage p, Map<String, String> stanza, String version) {
        return simulation
                .find(p.name(), stanza.getOrDefault("Architecture", p.architecture()))
                .map(PackageChange::to)
                .filter(version::equals)
                .isPresent();
    }
}
