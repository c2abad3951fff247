package dev.understudy.protocol;

import org.jspecify.annotations.Nullable;

/// A version of a source package that hosts of one distribution release may not get.
///
/// @param release the distribution release, as [Platform#release()] names it
/// @param source the source package; a binary package stands for its source where that is not known
/// @param makeup of which hosts only, as [Makeup] tells it; null: of all of the release
/// @param reason why, for people, at most [#LONGEST_REASON] characters
public record QuarantinedVersion(
        String release, String source, String version, @Nullable String makeup, String reason) {
    public static final int LONGEST_REASON = 300;

    public QuarantinedVersion {
        Require.matching(release, "release", "[a-zA-Z0-9][a-zA-Z0-9:._-]{0,63}");
        PackageChange.requireName(source);
        PackageChange.requireVersion(version, source);
        if (makeup != null) {
            Require.matching(makeup, "makeup", "[0-9a-f]{64}");
        }
        Require.length(reason, "reason", LONGEST_REASON);
    }

    /// Whether a host of that release and makeup may not get it; null: its makeup is not known.
    public boolean concerns(String hostRelease, @Nullable String hostMakeup) {
        return release.equals(hostRelease) && (makeup == null || makeup.equals(hostMakeup));
    }

    /// Whether it goes by that name and version, those of a source or of a binary package.
    public boolean is(String name, String itsVersion) {
        return source.equals(name) && version.equals(itsVersion);
    }

    /// As people and the control plane's commands name it.
    public String patch() {
        return "%s/%s/%s".formatted(release, source, version);
    }
}
