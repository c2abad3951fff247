package dev.understudy.rollout;

import dev.understudy.governance.Autonomy;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.PatchClass;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One line of the table that says how far the machine may go with a patch.
///
/// @param patchClass the patches that it is for; null for all
/// @param deadlineClass likewise
/// @param veto for how long a rollout is announced before it starts; null for the group's usual
///   time, and without `VETO`
public record AutonomyRule(
        @Nullable PatchClass patchClass,
        @Nullable DeadlineClass deadlineClass,
        Autonomy autonomy,
        @Nullable Duration veto) {
    public AutonomyRule {
        if (veto != null && autonomy != Autonomy.VETO) {
            throw new IllegalArgumentException(
                    "a veto window of %s goes with the autonomy VETO only, not with %s"
                            .formatted(veto, autonomy));
        }
        if (veto != null) {
            GroupAutonomy.requireVeto(veto);
        }
    }

    boolean fits(PatchClass patch, DeadlineClass deadline) {
        return (patchClass == null || patchClass == patch)
                && (deadlineClass == null || deadlineClass == deadline);
    }

    /// `kernel, three days`.
    String whom() {
        if (patchClass == null && deadlineClass == null) {
            return "every patch";
        }
        String patch = patchClass == null ? "" : words(patchClass);
        String deadline = deadlineClass == null ? "" : words(deadlineClass);
        return patch + (patch.isEmpty() || deadline.isEmpty() ? "" : ", ") + deadline;
    }

    /// `THREE_DAYS` as `three days`.
    static String words(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
