package dev.understudy.rollout;

/// A rollout began, by a person or by the machine.
public record RolloutStarted(RolloutId rollout, String group, String by, boolean automatic) {}
