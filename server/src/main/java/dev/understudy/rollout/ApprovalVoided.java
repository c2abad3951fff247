package dev.understudy.rollout;

/// What was approved, by a person or because nobody objected, is not what would be done now.
public record ApprovalVoided(RolloutId rollout, String group, String by, String why) {}
