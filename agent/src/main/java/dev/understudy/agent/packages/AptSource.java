package dev.understudy.agent.packages;

import java.util.HashMap;
import java.util.Map;

/// One package index of a repository, as its Release file describes itself.
record AptSource(String origin, String label, String codename, String suite) {
    /// An index that says nothing of itself, such as a plain folder of packages.
    static final AptSource UNKNOWN = new AptSource("", "", "", "");

    /// By apt's description of the index, as `apt-cache policy` prints it.
    static Map<String, AptSource> parse(String indexTargets) throws PackageManagerException {
        Map<String, AptSource> sources = new HashMap<>();
        for (Map<String, String> target : Deb822.parse(indexTargets)) {
            String description = target.get("Description");
            if (description == null) {
                throw new PackageManagerException(
                        "apt-get indextargets names an index without a description: " + target);
            }
            sources.put(
                    description,
                    new AptSource(
                            target.getOrDefault("Origin", ""),
                            target.getOrDefault("Label", ""),
                            target.getOrDefault("Codename", ""),
                            target.getOrDefault("Suite", "")));
        }
        return sources;
    }

    /// The name that does not change when a release ages: Debian's codename (`bookworm-security`,
    /// where the suite moves from `stable` to `oldstable`), Ubuntu's suite (`jammy-security`, where
    /// the codename is `jammy` for all pockets).
    String name() {
        return suite.startsWith(codename) ? suite : codename;
    }

    /// Whether it is the security archive of the distribution itself.
    boolean security() {
        boolean distribution = origin.equals("Debian") || origin.startsWith("Ubuntu");
        return distribution && (label.equals("Debian-Security") || name().endsWith("-security"));
    }
}
