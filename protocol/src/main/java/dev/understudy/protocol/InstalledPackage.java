package dev.understudy.protocol;

import java.util.Comparator;

/// One binary package as the package database has it. `status` is dpkg's abbreviation (`ii`), or
/// `ii` for rpm. `architecture` is the package's own (`amd64`, `all`).
public record InstalledPackage(
        String name,
        String architecture,
        String version,
        String sourceName,
        String sourceVersion,
        String status)
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
    }

    @Override
    public int compareTo(InstalledPackage other) {
        return ORDER.compare(this, other);
    }
}
