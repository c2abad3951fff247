package dev.understudy.advisory;

import dev.understudy.advisory.FeedRecord.FixState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an advisory that is in force means for one package of one release.
///
/// @param source the package, a source or a binary one by `kind`
/// @param fixed the first version with the fix; null where there is none yet
/// @param lastAffected the last version that is affected, itself included; null where there is none
/// @param note why not affected, or what the vendor does about it; empty if it does not say
/// @param cves what is meant here, less what a feed of higher rank denies; empty where the advisory
///   names none
/// @param published when the advisory was published; null where its feed does not say
public record FixedVersion(
        String feed,
        String advisory,
        String ecosystem,
        String release,
        PackageKind kind,
        String source,
        FixState state,
        String introduced,
        @Nullable String fixed,
        @Nullable String lastAffected,
        String urgency,
        String note,
        List<String> cves,
        @Nullable Instant published) {
    public FixedVersion {
        cves = List.copyOf(cves);
    }

    /// Whether `version` is affected, by the release's `order` of versions.
    public boolean affects(String version, Comparator<String> order) {
        return state != FixState.NOT_AFFECTED
                && (introduced.equals("0") || order.compare(version, introduced) >= 0)
                && (lastAffected == null || order.compare(version, lastAffected) <= 0)
                && !fixedBy(version, order);
    }

    /// Whether `version` has the fix.
    public boolean fixedBy(String version, Comparator<String> order) {
        return fixed != null && order.compare(version, fixed) >= 0;
    }
}
