package dev.understudy.agent.packages;

import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.QuarantinedVersion;

/// A binary package that a quarantined version stands for on this host.
///
/// @param name as the package manager names it, with the architecture where that is a foreign one
/// @param installed whether exactly this version is installed
/// @param of the quarantined version
public record KeptAway(String name, String version, boolean installed, QuarantinedVersion of) {
    public boolean isBroughtBy(PackageChange change) {
        return version.equals(change.to())
                && (name.equals(change.name())
                        || name.equals(change.name() + ":" + change.architecture()));
    }
}
