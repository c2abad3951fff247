package dev.understudy.rollout.schedule;

import java.util.List;

/// A host that is to be patched.
///
/// @param lane number of its group
/// @param haGroup number of its HA group; negative for none
/// @param wave waves are begun one after the other, the lowest first
/// @param weight what waiting costs, per hour
/// @param takes how long it is in work, in seconds
/// @param deadline by when it has to be done, in seconds; [Long#MAX_VALUE] for none
/// @param before numbers of the jobs that have to be done first
/// @param begun whether it is in work already, since second 0
/// @param notPlanned why it cannot be planned for; empty if it can
public record Job(
        int lane,
        int haGroup,
        int wave,
        double weight,
        long takes,
        long deadline,
        List<Integer> before,
        boolean begun,
        String notPlanned) {
    public Job {
        if (takes < 1 || !(weight >= 0)) {
            throw new IllegalArgumentException(
                    "a job of %d s with the weight %s".formatted(takes, weight));
        }
        before = List.copyOf(before);
    }

    /// By Smith's rule, who has more of it goes first.
    double urgency() {
        return weight / takes;
    }
}
