package dev.understudy.protocol;

import java.util.List;

/// What came of restoring a checkpoint.
///
/// @param versionsDiffering packages whose version is not the checkpoint's
/// @param pathsDiffering paths that are not as the checkpoint has them
public record RestoreResult(
        boolean complete,
        String checkpoint,
        List<String> reasons,
        List<String> versionsDiffering,
        List<String> pathsDiffering,
        List<CheckResult> checks,
        List<PhaseTime> timings) {
    public RestoreResult {
        Require.text(checkpoint, "checkpoint", 64);
        reasons = List.copyOf(reasons);
        versionsDiffering = List.copyOf(versionsDiffering);
        pathsDiffering = pathsDiffering.stream().limit(200).toList();
        checks = List.copyOf(checks);
        timings = List.copyOf(timings);
        if (!complete && reasons.isEmpty()) {
            throw new IllegalArgumentException("an incomplete restore needs a reason");
        }
    }
}
