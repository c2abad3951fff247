package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one CVE means on one host.
///
/// @param sources who says that the patch fixes it: feed names, or `changelog`
/// @param exploited whether it is known to be exploited
/// @param automatable, totalImpact SSVC decision points
/// @param probability of exploitation somewhere within 30 days, 0 to 1
/// @param probabilitySource where the probability comes from, in words; says so when it is a prior
/// @param deadlineClass what the BOD 26-04 table gives
/// @param assumed inputs that nobody knew and the worst or the default case stands for
public record CveVerdict(
        String cve,
        List<String> sources,
        Ternary exploited,
        Ternary automatable,
        Ternary totalImpact,
        double probability,
        String probabilitySource,
        DeadlineClass deadlineClass,
        boolean triageFirst,
        Instant clockStart,
        String clockReason,
        @Nullable Instant due,
        List<String> assumed) {
    public CveVerdict {
        sources = List.copyOf(sources);
        assumed = List.copyOf(assumed);
    }
}
