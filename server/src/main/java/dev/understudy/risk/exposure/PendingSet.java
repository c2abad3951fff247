package dev.understudy.risk.exposure;

import java.util.List;

/// What the package managers of some hosts would install now.
record PendingSet(int number, List<Upgrade> upgrades) {
    PendingSet {
        upgrades = List.copyOf(upgrades);
    }

    /// One source version that would come.
    ///
    /// @param source as the host calls it
    /// @param cves that its changelog names
    record Upgrade(String source, String version, List<String> cves, boolean security) {
        Upgrade {
            cves = List.copyOf(cves);
        }

        /// The patch's name: release, source and version.
        String patch(String release) {
            return release + "/" + source + "/" + version;
        }

        boolean fixes(Statement statement, java.util.Comparator<String> order) {
            return statement.source().equals(KnownAs.source(source))
                    && statement.fixedBy(KnownAs.version(statement.source(), version), order);
        }
    }
}
