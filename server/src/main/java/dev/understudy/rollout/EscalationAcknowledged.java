package dev.understudy.rollout;

import java.util.UUID;

/// A person knows that a deadline is in danger.
public record EscalationAcknowledged(UUID escalation, RolloutId rollout, String by, String note) {}
