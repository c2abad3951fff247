package dev.understudy.risk;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.Statement;
import java.util.List;

/// What one Debian host is affected by, found anew from its packages and what the index has in
/// memory, as for the first host of a shape.
public final class MatchHost {
    private static final MatchShape MATCH = new MatchShape(VersionOrder.DPKG);

    private MatchHost() {}

    public static List<Statement> findings(
            List<InstalledPackage> packages, String release, FollowDatabase index) {
        return MATCH.findings(packages, release, index::inForce).stream()
                .map(Finding::advisory)
                .toList();
    }
}
