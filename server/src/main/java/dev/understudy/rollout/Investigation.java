package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.risk.PatchId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The search for the patches at fault after several together failed on a host's twin: parts of
/// them are rehearsed there alone, half by half. It costs nothing but time, since a twin is free.
///
/// @param plan what failed as a whole
public record Investigation(
        UUID id, RolloutId rollout, HostId host, HostPlan plan, Instant since, State state) {

    /// How far the search is.
    public sealed interface State {
        /// One half of a group that is known to fail is on trial.
        record FirstHalf(Search search, Trial trial, List<PatchId> other) implements State {}

        /// The other half is.
        record SecondHalf(Search search, List<PatchId> first, Outcome outcome, Trial trial)
                implements State {}

        /// The patches at fault, and those that could not be cleared.
        record Ended(List<PatchId> culprits, List<PatchId> uncleared) implements State {}
    }

    /// What is known: groups that fail and have still to be split, patches at fault, patches that
    /// could not be cleared, and how many trials there were.
    public record Search(
            List<List<PatchId>> failing,
            List<PatchId> culprits,
            List<PatchId> uncleared,
            int trials) {}

    /// A rehearsal of some of the patches; `order` is null until it is asked for.
    public record Trial(List<PatchId> patches, @Nullable OrderId order, int attempts) {
        static Trial of(List<PatchId> patches) {
            return new Trial(patches, null, 0);
        }
    }

    /// What a trial showed.
    public enum Outcome {
        PASSED,
        FAILED,
        /// It could not be tried by itself, for example because it needs the others.
        UNTESTABLE
    }

    /// What can happen to it.
    public sealed interface Event {
        record Ordered(OrderId order) implements Event {}

        record Answered(OrderId order, Outcome outcome) implements Event {}

        /// The trial got lost; it is repeated a few times.
        record Lost(OrderId order) implements Event {}

        /// The search cannot go on.
        record Abandoned() implements Event {}
    }

    /// The trial under way, if the search goes on.
    public java.util.Optional<Trial> trial() {
        return switch (state) {
            case State.FirstHalf(_, Trial trial, _) -> java.util.Optional.of(trial);
            case State.SecondHalf(_, _, _, Trial trial) -> java.util.Optional.of(trial);
            case State.Ended _ -> java.util.Optional.empty();
        };
    }

    Investigation with(State next) {
        return new Investigation(id, rollout, host, plan, since, next);
    }
}
