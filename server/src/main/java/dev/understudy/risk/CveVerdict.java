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
/// @param deadlineClass what the rule of the host's group gives, CISA BOD 26-04 where none was
///   decided
/// @param days from the start of the clock until it is due; 0 where there is no date
/// @param due when the clock runs out, or the exception ends if that is later
/// @param assumed inputs that nobody knew and the worst or the default case stands for
/// @param excepted who left it open, until when and why; empty if nobody did
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
        int days,
        @Nullable Instant due,
        List<String> assumed,
        String excepted) {
    public CveVerdict {
        sources = List.copyOf(sources);
        assumed = List.copyOf(assumed);
    }
}
