package dev.understudy.advisory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an advisory that is in force means for one source package of one release.
///
/// @param fixed the first version with the fix; null where there is none yet
/// @param cves what the advisory is about; empty where it names none
/// @param published when the advisory was published; null where its feed does not say
public record FixedVersion(
        String feed,
        String advisory,
        String ecosystem,
        String release,
        String source,
        String introduced,
        @Nullable String fixed,
        String urgency,
        List<String> cves,
        @Nullable Instant published) {
    public FixedVersion {
        cves = List.copyOf(cves);
    }
}
