package dev.understudy.rollout;

/// Somebody decided what the machine may do by itself in a group.
public record AutonomyDecided(GroupAutonomy autonomy) {}
