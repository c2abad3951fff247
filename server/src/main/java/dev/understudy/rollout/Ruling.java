package dev.understudy.rollout;

import dev.understudy.governance.Autonomy;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.PatchClass;
import dev.understudy.risk.PatchId;
import java.time.Duration;

/// How far the machine may go with one patch, and why.
///
/// @param triage whether its deadline's directive asks for evidence to be secured before patching
/// @param veto how long it is announced before it starts; no time but under `VETO`
/// @param rule the line that decided
public record Ruling(
        PatchId patch,
        PatchClass patchClass,
        DeadlineClass deadlineClass,
        boolean triage,
        Autonomy autonomy,
        Duration veto,
        String rule) {

    boolean emergency() {
        return deadlineClass == DeadlineClass.THREE_DAYS;
    }

    /// The one that leaves more to people, and asks for evidence if either does.
    Ruling strictest(Ruling other) {
        boolean mine =
                autonomy == other.autonomy
                        ? veto.compareTo(other.veto) >= 0
                        : autonomy.strictest(other.autonomy) == autonomy;
        Ruling stricter = mine ? this : other;
        return new Ruling(
                stricter.patch,
                stricter.patchClass,
                deadlineClass.compareTo(other.deadlineClass) <= 0
                        ? deadlineClass
                        : other.deadlineClass,
                triage || other.triage,
                stricter.autonomy,
                stricter.veto,
                stricter.rule);
    }

    String sentence() {
        return "%s (%s, %s): %s by %s"
                .formatted(
                        patch,
                        AutonomyRule.words(patchClass),
                        AutonomyRule.words(deadlineClass),
                        AutonomyRule.words(autonomy),
                        rule);
    }
}
