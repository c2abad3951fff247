package dev.understudy.risk.exposure;

import dev.understudy.protocol.version.VersionOrder;
import java.util.List;

/// What advisories are matched against: the source versions of one exact package set.
///
/// @param release as [dev.understudy.advisory.Releases] names it
/// @param versions source packages and versions as advisories know them
record Shape(int number, String release, VersionOrder order, List<SourceVersion> versions) {
    Shape {
        versions = List.copyOf(versions);
    }

    /// A source package, or a binary one where advisories speak of those, in one version.
    record SourceVersion(String source, String version) {}
}
