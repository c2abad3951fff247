package dev.understudy.risk.exposure;

import dev.understudy.advisory.ModuleStreams;
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
/// @param stream the module stream that is meant, as [dev.understudy.advisory.ModuleStreams] has
///   it; empty where what is meant is of none
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
        Instant inForce,
        String stream) {
    public Statement {
        cves = List.copyOf(cves);
    }

    /// Whether it speaks of packages of that module stream. Where one does not tell, it counts.
    ///
    /// @param module of the package; empty if it is of none, null where its host does not tell
    public boolean concerns(@Nullable String module) {
        return module == null
                || (stream.equals(ModuleStreams.UNTOLD)
                        ? !module.isEmpty()
                        : stream.equals(module));
    }

    /// What is not known of the module stream and counts as the worst case; empty where nothing is.
    public String assumed(@Nullable String module) {
        return stream.isEmpty()
                ? ""
                : module == null
                        ? "the host does not tell module streams: counted as %s"
                                .formatted(
                                        stream.equals(ModuleStreams.UNTOLD)
                                                ? "the one that is meant"
                                                : stream)
                        : stream.equals(ModuleStreams.UNTOLD)
                                ? "the advisory does not tell its module stream: counted as "
                                        + module
                                : "";
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
