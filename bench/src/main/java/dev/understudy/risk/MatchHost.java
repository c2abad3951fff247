package dev.understudy.risk;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.protocol.InstalledPackage;
import java.util.List;

/// What one host is affected by, found anew from its packages and from what PostgreSQL knows, as
/// for the first host of a shape.
public final class MatchHost {
    private MatchHost() {}

    /// @param source, version as the host calls them
    public record Found(String source, String version, FixedVersion statement) {}

    public static List<Found> findings(
            List<InstalledPackage> packages, String release, FixedVersions fixes) {
        return MatchShape.findings(packages, release, fixes::forSources).stream()
                .map(each -> new Found(each.source(), each.installed(), each.advisory()))
                .toList();
    }
}
