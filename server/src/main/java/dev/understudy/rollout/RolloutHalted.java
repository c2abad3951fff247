package dev.understudy.rollout;

/// A rollout was stopped for good.
public record RolloutHalted(RolloutId rollout, String group, String by, String reason) {}
