package dev.understudy.risk.exposure;

import java.util.Comparator;
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

        /// Whether a host that gets this version of the source has what the upgrade would bring.
        boolean comesWith(String known, String newer, Comparator<String> order) {
            return known.equals(KnownAs.source(source))
                    && order.compare(KnownAs.version(known, version), newer) <= 0;
        }

        boolean fixes(Statement statement, Comparator<String> order) {
            return statement.source().equals(KnownAs.source(source))
                    && statement.fixedBy(KnownAs.version(statement.source(), version), order);
        }
    }
}
