package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import org.jspecify.annotations.Nullable;

/// Why one host is exposed to one vulnerability.
///
/// @param source as advisories know it
/// @param version the affected version; empty where the order of the host's versions is not known
/// @param fixed the first version with the fix; null where there is none yet
/// @param advisory who says so; `changelog` where that is the host's own package metadata
/// @param patch what would end it, as RELEASE/SOURCE/VERSION; null where nothing pending does
/// @param assumed what is not known and counts as the worst case; empty where nothing is
/// @param installed false where the version only still runs: the fix is installed and not in effect
public record Exposed(
        HostId host,
        String release,
        String source,
        String version,
        @Nullable String fixed,
        String advisory,
        @Nullable String patch,
        boolean installed,
        String assumed) {}
