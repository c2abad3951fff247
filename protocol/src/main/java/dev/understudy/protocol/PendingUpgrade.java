package dev.understudy.protocol;

import java.util.List;

/// A package with a newer candidate in the host's own repositories.
///
/// @param origin the repository's Origin (`Debian`), `label` its Label (`Debian-Security`), `suite`
///   its codename (`bookworm-security`): match on these, never on `stable` or `oldstable`
/// @param security whether the candidate comes from the distribution's security archive
/// @param blocked why the package manager would not install it now; [Blocked#NONE] if it would
/// @param cves CVE ids that the candidate's changelog names between the installed version and the
///   candidate, sorted; meaningless unless `changelogRead`
/// @param downloadBytes size of the archive, in bytes
public record PendingUpgrade(
        String name,
        String architecture,
        String installedVersion,
        String candidateVersion,
        String sourceName,
        String sourceVersion,
        String origin,
        String label,
        String suite,
        boolean security,
        Blocked blocked,
        List<String> cves,
        boolean changelogRead,
        long downloadBytes)
        implements Comparable<PendingUpgrade> {

    /// Why an upgrade that exists would not be installed by a plain upgrade.
    public enum Blocked {
        NONE,
        /// The owner put the package on hold.
        HELD,
        /// A pin in the owner's preferences keeps the installed version.
        PINNED,
        /// The distribution has not released it to this host yet.
        PHASED,
        /// It needs the removal of another package, or its dependencies cannot be met.
        CONFLICT
    }

    public PendingUpgrade {
        PackageChange.requireName(name);
        Require.matching(architecture, "architecture of " + name, "[a-z0-9_-]{1,32}");
        PackageChange.requireVersion(installedVersion, name);
        PackageChange.requireVersion(candidateVersion, name);
        Require.text(sourceName, "source of " + name, 256);
        Require.text(sourceVersion, "source version of " + name, 256);
        Require.length(origin, "origin of " + name, 256);
        Require.length(label, "label of " + name, 256);
        Require.length(suite, "suite of " + name, 256);
        Require.present(blocked, "blocked of " + name);
        cves = cves.stream().distinct().sorted().toList();
        cves.forEach(cve -> Require.matching(cve, "CVE id", "CVE-[0-9]{4}-[0-9]{4,19}"));
        Require.atLeast(downloadBytes, 0, "downloadBytes of " + name);
    }

    public PackageChange change() {
        return new PackageChange(name, architecture, installedVersion, candidateVersion);
    }

    @Override
    public int compareTo(PendingUpgrade other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : architecture.compareTo(other.architecture);
    }
}
