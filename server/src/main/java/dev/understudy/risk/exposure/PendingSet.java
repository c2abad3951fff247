package dev.understudy.risk.exposure;

import java.util.Comparator;
import java.util.List;

/// What the package managers of some hosts would install now.
record PendingSet(int number, List<Upgrade> upgrades) {
    PendingSet {
        upgrades = List.copyOf(upgrades);
    }

    /// What of it concerns the kernel.
    PendingSet kernel() {
        return new PendingSet(
                number, upgrades.stream().filter(each -> KnownAs.kernel(each.known())).toList());
    }

    /// One source version that would come.
    ///
    /// @param source as the host calls it
    /// @param cves that its changelog names
    /// @param binaries the packages that it comes as, where advisories may speak of these
    record Upgrade(
            String source,
            String version,
            List<String> cves,
            boolean security,
            List<Binary> binaries) {
        Upgrade {
            cves = List.copyOf(cves);
            binaries = List.copyOf(binaries);
        }

        /// The patch's name: release, source and version.
        String patch(String release) {
            return release + "/" + source + "/" + version;
        }

        /// The source as advisories know it.
        String known() {
            return KnownAs.source(source);
        }

        String knownVersion() {
            return KnownAs.version(known(), version);
        }

        /// Whether a host that gets this version of the source has what the upgrade would bring.
        boolean comesWith(String other, String newer, Comparator<String> order) {
            return other.equals(known())
                    && order.compare(KnownAs.version(other, version), newer) <= 0;
        }

        /// Whether it concerns the package, a source or a binary one, as statements name it.
        boolean concerns(String name) {
            return name.equals(known())
                    || binaries.stream()
                            .anyMatch(each -> name.equals(KnownAs.binary(each.name())));
        }

        boolean fixes(Statement statement, Comparator<String> order) {
            return statement.source().equals(known())
                    ? statement.fixedBy(knownVersion(), order)
                    : binaries.stream()
                            .anyMatch(
                                    each ->
                                            statement.source().equals(KnownAs.binary(each.name()))
                                                    && statement.fixedBy(each.version(), order));
        }
    }

    /// A package and the version in which it would come.
    record Binary(String name, String version) {
        /// @param text NAME=VERSION
        static Binary parse(String text) {
            int at = text.indexOf('=');
            return new Binary(text.substring(0, at), text.substring(at + 1));
        }
    }
}
