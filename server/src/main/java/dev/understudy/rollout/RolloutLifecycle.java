package dev.understudy.rollout;

import dev.understudy.rollout.Rollout.Event;
import dev.understudy.rollout.Rollout.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The only place that moves a rollout. A pause is a person's word: nothing that comes from the
/// machine moves a paused rollout.
final class RolloutLifecycle {
    private RolloutLifecycle() {}

    /// The state after `event`.
    ///
    /// @throws NotNow if the event does not fit the state
    static State next(State state, Event event) {
        return switch (event) {
            case Event.Rehearsed(boolean needsApproval, String hash) ->
                    rehearsed(state, needsApproval, hash);
            case Event.Announced(Instant startsAt, String hash) -> announced(state, startsAt, hash);
            case Event.Unopposed _ -> unopposed(state);
            case Event.PlanChanged(String hash, Instant startsAt) ->
                    planChanged(state, hash, startsAt);
            case Event.Veto(String by, String reason) -> objected(state, by, reason);
            case Event.Lifted(Instant startsAt) -> lifted(state, startsAt);
            case Event.GaveWay(String summary) -> gaveWay(state, summary);
            case Event.Finished(String summary) -> finished(state, summary);
            case Event.WaveSettled(Instant soakedAt) -> settled(state, soakedAt);
            case Event.Promoted(int nextWave) -> promoted(state, nextWave);
            case Event.HeldBack(String reason) -> held(state, reason);
            case Event.Failed(String by, String reason) -> failed(state, by, reason);
            case Event.Restored(String summary) -> restored(state, summary);
            case Event.Approved(String hash) -> approved(state, hash);
            case Event.Pause(String by, String reason) -> paused(state, by, reason);
            case Event.Resume(Instant soakAgain) -> resumed(state, soakAgain);
            case Event.Reopened(int wave, _, _) -> reopened(state, wave);
            case Event.RehearseAgain _ -> rehearseAgain(state);
            case Event.Halt(String by, String reason) -> halted(state, by, reason);
            case Event.RollBack(String by, String reason) -> rollingBack(state, by, reason);
        };
    }

    private static State rehearsed(State state, boolean needsApproval, String hash) {
        if (state instanceof State.Rehearsing) {
            return needsApproval ? new State.AwaitingApproval(hash) : new State.Running(1);
        }
        throw unfit(state, "take the end of its rehearsals");
    }

    private static State announced(State state, Instant startsAt, String hash) {
        if (state instanceof State.Rehearsing) {
            return new State.Announced(startsAt, hash);
        }
        throw unfit(state, "be announced");
    }

    private static State unopposed(State state) {
        if (state instanceof State.Announced) {
            return new State.Running(1);
        }
        throw unfit(state, "start unopposed");
    }

    /// An objection is against the rollout, not one version of its plans: it stays.
    private static State planChanged(State state, String hash, @Nullable Instant startsAt) {
        return switch (state) {
            case State.Objected(_, String by, String reason) ->
                    new State.Objected(hash, by, reason);
            case State.AwaitingApproval _, State.Announced _, State.Running _ ->
                    startsAt == null
                            ? new State.AwaitingApproval(hash)
                            : new State.Announced(startsAt, hash);
            case State.Rehearsing _, State.Soaking _, State.Held _, State.Paused _ ->
                    throw unfit(state, "take other plans");
            case State.Halted _, State.RollingBack _, State.RolledBack _, State.Completed _ ->
                    throw unfit(state, "take other plans");
        };
    }

    private static State objected(State state, String by, String reason) {
        if (state instanceof State.Announced(_, String hash)) {
            return new State.Objected(hash, by, reason);
        }
        throw unfit(state, "be objected to");
    }

    private static State lifted(State state, Instant startsAt) {
        if (state instanceof State.Objected(String hash, _, _)) {
            return new State.Announced(startsAt, hash);
        }
        throw unfit(state, "have an objection lifted");
    }

    private static State gaveWay(State state, String summary) {
        if (state instanceof State.Rehearsing || approvable(state) != null) {
            return new State.Completed(summary);
        }
        throw unfit(state, "give way");
    }

    private static State finished(State state, String summary) {
        return switch (state) {
            case State.Rehearsing _, State.Soaking _, State.Held _ -> new State.Completed(summary);
            case State.AwaitingApproval _, State.Running _, State.Paused _, State.Halted _ ->
                    throw unfit(state, "be completed");
            case State.Announced _, State.Objected _ -> throw unfit(state, "be completed");
            case State.RollingBack _, State.RolledBack _, State.Completed _ ->
                    throw unfit(state, "be completed");
        };
    }

    private static State settled(State state, Instant soakedAt) {
        if (state instanceof State.Running(int wave)) {
            return new State.Soaking(wave, soakedAt);
        }
        throw unfit(state, "soak a wave");
    }

    private static State promoted(State state, int nextWave) {
        int wave =
                switch (state) {
                    case State.Soaking(int soaking, _) -> soaking;
                    case State.Held(int held, _, _) -> held;
                    case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                            throw unfit(state, "start the next wave");
                    case State.Announced _, State.Objected _ ->
                            throw unfit(state, "start the next wave");
                    case State.Paused _, State.Halted _, State.RollingBack _ ->
                            throw unfit(state, "start the next wave");
                    case State.RolledBack _, State.Completed _ ->
                            throw unfit(state, "start the next wave");
                };
        if (nextWave <= wave) {
            throw new IllegalArgumentException(
                    "wave %d cannot follow wave %d".formatted(nextWave, wave));
        }
        return new State.Running(nextWave);
    }

    private static State held(State state, String reason) {
        return switch (state) {
            case State.Soaking(int wave, Instant until) -> new State.Held(wave, until, reason);
            case State.Held(int wave, Instant until, _) -> new State.Held(wave, until, reason);
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    throw unfit(state, "be held by its gate");
            case State.Announced _, State.Objected _ -> throw unfit(state, "be held by its gate");
            case State.Paused _, State.Halted _, State.RollingBack _ ->
                    throw unfit(state, "be held by its gate");
            case State.RolledBack _, State.Completed _ -> throw unfit(state, "be held by its gate");
        };
    }

    private static State failed(State state, String by, String reason) {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    new State.Halted(by, reason);
            case State.Announced _, State.Soaking _, State.Held _ -> new State.Halted(by, reason);
            case State.Objected _, State.Paused _, State.Halted _, State.RollingBack _ ->
                    throw unfit(state, "be halted by the machine");
            case State.RolledBack _, State.Completed _ ->
                    throw unfit(state, "be halted by the machine");
        };
    }

    private static State restored(State state, String summary) {
        if (state instanceof State.RollingBack) {
            return new State.RolledBack(summary);
        }
        throw unfit(state, "have been rolled back");
    }

    private static State approved(State state, String hash) {
        String planHash = approvable(state);
        if (planHash != null) {
            if (planHash.equals(hash)) {
                return new State.Running(1);
            }
            throw new NotNow(
                    "The plans changed: the approval is for %s, but %s waits for approval."
                            .formatted(hash, planHash));
        }
        throw unfit(state, "be approved");
    }

    /// The plans that a person can approve now; null where nothing waits for it. What is announced
    /// may be let go before its time.
    static @Nullable String approvable(State state) {
        return switch (state) {
            case State.AwaitingApproval(String planHash) -> planHash;
            case State.Announced(_, String planHash) -> planHash;
            case State.Rehearsing _, State.Objected _, State.Running _, State.Soaking _ -> null;
            case State.Held _, State.Paused _, State.Halted _, State.RollingBack _ -> null;
            case State.RolledBack _, State.Completed _ -> null;
        };
    }

    private static State paused(State state, String by, String reason) {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    new State.Paused(state, by, reason);
            case State.Announced _, State.Objected _ -> new State.Paused(state, by, reason);
            case State.Soaking _, State.Held _ -> new State.Paused(state, by, reason);
            case State.Paused _, State.Halted _, State.RollingBack _ ->
                    throw unfit(state, "be paused");
            case State.RolledBack _, State.Completed _ -> throw unfit(state, "be paused");
        };
    }

    private static State resumed(State state, @Nullable Instant soakAgain) {
        if (state instanceof State.Paused(State before, _, _)) {
            return soakAgain == null ? before : soaksAgain(before, soakAgain);
        }
        throw unfit(state, "be resumed");
    }

    private static State soaksAgain(State before, Instant until) {
        return switch (before) {
            case State.Soaking(int wave, _) -> new State.Soaking(wave, until);
            case State.Held(int wave, _, _) -> new State.Soaking(wave, until);
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    throw unfit(before, "soak again");
            case State.Announced _, State.Objected _, State.Paused _ ->
                    throw unfit(before, "soak again");
            case State.Halted _, State.RollingBack _, State.RolledBack _, State.Completed _ ->
                    throw unfit(before, "soak again");
        };
    }

    private static State reopened(State state, int wave) {
        if (state instanceof State.Completed) {
            return new State.Running(wave);
        }
        throw unfit(state, "be taken up again");
    }

    private static State rehearseAgain(State state) {
        if (state instanceof State.AwaitingApproval || state instanceof State.Announced) {
            return new State.Rehearsing();
        }
        throw unfit(state, "go back to its rehearsals");
    }

    private static State halted(State state, String by, String reason) {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    new State.Halted(by, reason);
            case State.Announced _, State.Objected _ -> new State.Halted(by, reason);
            case State.Soaking _, State.Held _, State.Paused _ -> new State.Halted(by, reason);
            case State.Halted _, State.RollingBack _, State.RolledBack _ ->
                    throw unfit(state, "be halted");
            case State.Completed _ -> throw unfit(state, "be halted");
        };
    }

    private static State rollingBack(State state, String by, String reason) {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ ->
                    new State.RollingBack(by, reason);
            case State.Announced _, State.Objected _ -> new State.RollingBack(by, reason);
            case State.Soaking _, State.Held _, State.Paused _ -> new State.RollingBack(by, reason);
            case State.Halted _, State.Completed _ -> new State.RollingBack(by, reason);
            case State.RollingBack _, State.RolledBack _ -> throw unfit(state, "be rolled back");
        };
    }

    private static NotNow unfit(State state, String what) {
        return new NotNow(
                "A rollout that is %s cannot %s."
                        .formatted(state.getClass().getSimpleName(), what));
    }
}
