package dev.understudy.rollout;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A deadline that is missed unless somebody acts, told until a person says that they know.
///
/// @param rollout the rollout that will not meet it; null where no rollout brings the patch
/// @param cause what keeps the rollout waiting
/// @param due the deadline, and `forecast` when its host would be patched at the latest if nobody
///   kept it waiting from now on; null if no window ever opens for it
/// @param told how often it was told, and `toldAt` when last
/// @param acknowledgedBy who knows of it, with `acknowledgedAt` and `note`; null while nobody does
public record Escalation(
        UUID id,
        @Nullable RolloutId rollout,
        String group,
        Cause cause,
        Instant due,
        @Nullable Instant forecast,
        String sentence,
        Instant raisedAt,
        Instant toldAt,
        int told,
        @Nullable String acknowledgedBy,
        @Nullable Instant acknowledgedAt,
        @Nullable String note) {

    /// What is waited for.
    public enum Cause {
        APPROVAL,
        VETO,
        OBJECTION,
        HOLD,
        PAUSE,
        /// The next window comes too late, or a freeze lasts too long.
        WINDOW,
        /// Nothing keeps it: its waves and soaks take too long.
        PACE,
        /// No rollout brings the patch to the group.
        UNPLANNED
    }

    boolean acknowledged() {
        return acknowledgedBy != null;
    }
}
