package dev.understudy.risk.exposure;

import dev.understudy.protocol.version.VersionOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What advisories are matched against: the source versions of one exact package set.
///
/// @param release as [dev.understudy.advisory.Releases] names it
/// @param versions source packages and versions as advisories know them
record Shape(int number, String release, VersionOrder order, List<SourceVersion> versions) {
    Shape {
        versions = List.copyOf(versions);
    }

    /// A source package, or a binary one where advisories speak of those, in one version.
    ///
    /// @param module the stream that it is built for; empty if none, null where the host does not
    ///   tell, or there are no such
    record SourceVersion(String source, String version, @Nullable String module) {
        SourceVersion(String source, String version) {
            this(source, version, null);
        }
    }
}
