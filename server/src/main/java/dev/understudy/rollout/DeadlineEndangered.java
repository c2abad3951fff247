package dev.understudy.rollout;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A deadline is missed unless somebody acts. Published again and again until it is acknowledged,
/// `times` counts; `rollout` as in [Escalation].
public record DeadlineEndangered(
        UUID escalation,
        @Nullable RolloutId rollout,
        String group,
        Escalation.Cause cause,
        Instant due,
        @Nullable Instant forecast,
        String sentence,
        int times) {}
