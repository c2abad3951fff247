package dev.understudy.protocol;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// One binary package as the package database has it. `status` is dpkg's abbreviation (`ii`), or
/// `ii` for rpm. `architecture` is the package's own (`amd64`, `all`).
///
/// @param module the module stream that it is built for, as NAME:STREAM (`nodejs:18`); empty if it
///   is of none, null where the host does not tell. Only rpm has such
public record InstalledPackage(
        String name,
        String architecture,
        String version,
        String sourceName,
        String sourceVersion,
        String status,
        @Nullable String module)
        implements Comparable<InstalledPackage> {
    private static final Comparator<InstalledPackage> ORDER =
            Comparator.comparing(InstalledPackage::name)
                    .thenComparing(InstalledPackage::architecture)
                    .thenComparing(InstalledPackage::version);

    public InstalledPackage {
        PackageChange.requireName(name);
        Require.matching(architecture, "architecture of " + name, "[a-z0-9_-]{1,32}");
        PackageChange.requireVersion(version, name);
        Require.text(sourceName, "source of " + name, 256);
        Require.text(sourceVersion, "source version of " + name, 256);
        Require.length(status, "status of " + name, 8);
        if (module != null && !module.isEmpty()) {
            Require.matching(
                    module, "module of " + name, "[A-Za-z0-9._+-]{1,99}:[A-Za-z0-9._+-]{1,99}");
        }
    }

    /// One whose host does not tell module streams.
    public InstalledPackage(
            String name,
            String architecture,
            String version,
            String sourceName,
            String sourceVersion,
            String status) {
        this(name, architecture, version, sourceName, sourceVersion, status, null);
    }

    /// The stream that rpm's `%{MODULARITYLABEL}` names: of `nodejs:18:8080020230718:63b34585` it
    /// is `nodejs:18`. Empty for a package of none, of which rpm says `(none)`.
    public static String stream(String label) {
        String[] parts = label.split(":", -1);
        return parts.length < 2 ? "" : parts[0] + ":" + parts[1];
    }

    @Override
    public int compareTo(InstalledPackage other) {
        return ORDER.compare(this, other);
    }
}
