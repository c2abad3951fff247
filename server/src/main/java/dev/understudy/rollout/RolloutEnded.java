package dev.understudy.rollout;

/// A rollout came to its end: completed or rolled back.
public record RolloutEnded(RolloutId rollout, String group, String state, String summary) {}
