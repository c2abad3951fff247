package dev.understudy.risk.exposure;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an advisory says of one package of one release: versions from `introduced` (0 is any) up
/// to, not including, `fixed`, or up to and including `lastAffected`, are affected.
///
/// @param id of its row in the history of fixes
/// @param source a package, a source or a binary one, as [KnownAs] names it
/// @param fixed null where there is no fix yet
/// @param inForce since when this control plane knows it
public record Statement(
        long id,
        String feed,
        String advisory,
        String release,
        String source,
        String introduced,
        @Nullable String fixed,
        @Nullable String lastAffected,
        String urgency,
        List<String> cves,
        @Nullable Instant published,
        Instant inForce) {
    public Statement {
        cves = List.copyOf(cves);
    }

    /// @param version as advisories know it
    public boolean affects(String version, Comparator<String> order) {
        return reaches(version, order)
                && (lastAffected == null || order.compare(version, lastAffected) <= 0)
                && !fixedBy(version, order);
    }

    boolean reaches(String version, Comparator<String> order) {
        return introduced.equals("0") || order.compare(version, introduced) >= 0;
    }

    public boolean fixedBy(String version, Comparator<String> order) {
        return fixed != null && order.compare(version, fixed) >= 0;
    }
}
