package dev.understudy.protocol;

import java.util.List;

/// What came of trying a plan and its undo on a twin of the host.
///
/// @param reasons why the verdict is what it is, in sentences, most important first, then what is
///   to be known whatever it is; never empty unless the verdict is Passed
/// @param checks every check that was not healthy, and a count of the healthy ones in
///   `healthyChecks`
/// @param changedPaths how many paths of the file system the plan changes (data and caches left
///   out)
/// @param configurationPaths paths below /etc that it changes
/// @param extraChanges package changes beyond the plan that the package manager would make
/// @param undoVersionsDiffering packages whose version was not back after the undo
/// @param undoPathsDiffering paths that were not as before after the undo
/// @param diskBytes what the twin needed on disk, in bytes
public record RehearsalResult(
        Verdict verdict,
        String planDigest,
        List<String> reasons,
        List<CheckResult> checks,
        int healthyChecks,
        int changedPaths,
        List<String> configurationPaths,
        List<PackageChange> extraChanges,
        int undoVersionsDiffering,
        List<String> undoPathsDiffering,
        long diskBytes,
        List<PhaseTime> timings) {

    /// The verdict of a rehearsal. `FAILED` is evidence against the patch: it was tried, and could
    /// not be installed, did harm or could not be undone. `INCONCLUSIVE` never counts as passed.
    public enum Verdict {
        PASSED,
        FAILED,
        INCONCLUSIVE
    }

    public RehearsalResult {
        Require.present(verdict, "verdict");
        Require.text(planDigest, "planDigest", 64);
        reasons = List.copyOf(reasons);
        checks = List.copyOf(checks);
        configurationPaths = List.copyOf(configurationPaths);
        extraChanges = List.copyOf(extraChanges);
        undoPathsDiffering = undoPathsDiffering.stream().limit(200).toList();
        timings = List.copyOf(timings);
        if (verdict != Verdict.PASSED && reasons.isEmpty()) {
            throw new IllegalArgumentException("a verdict of " + verdict + " needs a reason");
        }
    }
}
