package dev.understudy.rollout;

import dev.understudy.risk.PatchId;

/// Hosts may get the version again.
public record VersionReleased(PatchId patch, String by) {}
