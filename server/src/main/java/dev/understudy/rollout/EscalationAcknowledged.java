package dev.understudy.rollout;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A person knows that a deadline is in danger; `rollout` as in [Escalation].
public record EscalationAcknowledged(
        UUID escalation, @Nullable RolloutId rollout, String by, String note) {}
