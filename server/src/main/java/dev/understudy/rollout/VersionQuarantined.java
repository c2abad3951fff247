package dev.understudy.rollout;

import dev.understudy.risk.PatchId;

/// No host may get the version any more; `suspected` while it is not certain that it is at fault.
public record VersionQuarantined(
        PatchId patch, String reason, RolloutId rollout, boolean suspected) {}
