package dev.understudy.risk.exposure;

import java.util.Comparator;
import java.util.List;

/// What the package managers of some hosts would install now.
///
/// @param upgrades by their sources as advisories know them
record PendingSet(int number, List<Upgrade> upgrades) {
    PendingSet {
        upgrades = upgrades.stream().sorted(Comparator.comparing(Upgrade::known)).toList();
    }

    /// The upgrades of the package, a source or a binary one, as statements name it.
    List<Upgrade> of(String name) {
        if (KnownAs.isBinary(name)) {
            return upgrades.stream().filter(each -> each.concerns(name)).toList();
        }
        int from = place(name);
        int to = from;
        while (to < upgrades.size() && upgrades.get(to).known().equals(name)) {
            to++;
        }
        return upgrades.subList(from, to);
    }

    private int place(String name) {
        int low = 0;
        int high = upgrades.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (upgrades.get(middle).known().compareTo(name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// What of it concerns the kernel.
    PendingSet kernel() {
        return new PendingSet(
                number, upgrades.stream().filter(each -> KnownAs.kernel(each.known())).toList());
    }

    /// One source version that would come.
    ///
    /// @param source, version as the host calls them, `known` and `knownVersion` as advisories do
    /// @param cves that its changelog names
    /// @param binaries the packages that it comes as, where advisories may speak of these
    record Upgrade(
            String source,
            String version,
            String known,
            String knownVersion,
            List<String> cves,
            boolean security,
            List<Binary> binaries) {
        Upgrade {
            cves = List.copyOf(cves);
            binaries = List.copyOf(binaries);
        }

        static Upgrade of(
                String source,
                String version,
                List<String> cves,
                boolean security,
                List<Binary> binaries) {
            String known = KnownAs.source(source);
            return new Upgrade(
                    source,
                    version,
                    known,
                    KnownAs.version(known, version),
                    cves,
                    security,
                    binaries);
        }

        /// The patch's name: release, source and version.
        String patch(String release) {
            return release + "/" + source + "/" + version;
        }

        /// Whether a host that gets this version of the source has what the upgrade would bring.
        boolean comesWith(String other, String newer, Comparator<String> order) {
            return other.equals(known) && order.compare(knownVersion, newer) <= 0;
        }

        /// Whether it concerns the package, a source or a binary one, as statements name it.
        boolean concerns(String name) {
            return name.equals(known)
                    || binaries.stream().anyMatch(each -> name.equals(KnownAs.binary(each.name())));
        }

        boolean fixes(Statement statement, Comparator<String> order) {
            return statement.source().equals(known)
                    ? statement.fixedBy(knownVersion, order)
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
