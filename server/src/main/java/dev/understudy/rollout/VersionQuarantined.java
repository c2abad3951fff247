package dev.understudy.rollout;

import dev.understudy.risk.PatchId;
import org.jspecify.annotations.Nullable;

/// No host may get the version any more; `suspected` while it is not certain that it is at fault.
///
/// @param rollout in which it showed; null where it was none
public record VersionQuarantined(
        PatchId patch, String reason, @Nullable RolloutId rollout, boolean suspected) {}
