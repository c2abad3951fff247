package dev.understudy.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of applying a plan to the host itself.
///
/// @param checkpoint the checkpoint that can undo it; empty if none was needed or kept
/// @param reasons why, in sentences; never empty unless the outcome is In effect
/// @param stale processes that still run the old files; the fix is not in effect in them
/// @param rebootReasons why a reboot is still needed
/// @param clues what points at the cause, if it failed
/// @param triage what came of securing evidence first; null where that was not asked for, and where
///   the agent does not know of it
public record ApplyResult(
        Outcome outcome,
        String planDigest,
        String checkpoint,
        List<String> reasons,
        List<CheckResult> checks,
        int healthyChecks,
        List<StaleProcess> stale,
        List<String> rebootReasons,
        List<PhaseTime> timings,
        List<Clue> clues,
        @Nullable TriageOutcome triage) {

    /// How an apply ended.
    public enum Outcome {
        /// Installed, healthy, and no process or kernel runs the old code.
        IN_EFFECT,
        /// Installed and healthy, but old code still runs: exposure has not ended.
        NOT_IN_EFFECT,
        /// Nothing was changed: the host was not as rehearsed, or a precondition failed.
        NOT_STARTED,
        /// It failed or made the host unhealthy, and the host is back as it was before.
        RESTORED,
        /// It failed and could not be put back whole: a person is needed.
        BROKEN
    }

    public ApplyResult {
        Require.present(outcome, "outcome");
        Require.text(planDigest, "planDigest", 64);
        Require.length(checkpoint, "checkpoint", 64);
        reasons = List.copyOf(reasons);
        checks = List.copyOf(checks);
        stale = List.copyOf(stale);
        rebootReasons = List.copyOf(rebootReasons);
        timings = List.copyOf(timings);
        clues = List.copyOf(clues);
        if (outcome != Outcome.IN_EFFECT && reasons.isEmpty()) {
            throw new IllegalArgumentException("an outcome of " + outcome + " needs a reason");
        }
    }

    /// Without evidence.
    public ApplyResult(
            Outcome outcome,
            String planDigest,
            String checkpoint,
            List<String> reasons,
            List<CheckResult> checks,
            int healthyChecks,
            List<StaleProcess> stale,
            List<String> rebootReasons,
            List<PhaseTime> timings,
            List<Clue> clues) {
        this(
                outcome,
                planDigest,
                checkpoint,
                reasons,
                checks,
                healthyChecks,
                stale,
                rebootReasons,
                timings,
                clues,
                null);
    }
}
