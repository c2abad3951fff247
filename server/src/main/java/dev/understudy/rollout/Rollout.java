package dev.understudy.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Patches on their way to a set of hosts, wave by wave.
///
/// @param group the group whose hosts it was made for; empty when hosts were named one by one
/// @param by who started it
/// @param automatic whether the machine started it by itself
public record Rollout(
        RolloutId id,
        String group,
        String title,
        Selection selection,
        Terms terms,
        String by,
        boolean automatic,
        Instant startedAt,
        Instant since,
        State state) {

    /// Where it stands. Waves count from 1, the canaries.
    public sealed interface State {
        /// Every host tries the patches on its twin first.
        record Rehearsing() implements State {}

        /// A person must approve exactly the plans that `planHash` stands for.
        record AwaitingApproval(String planHash) implements State {}

        /// It starts by itself then, unless a person objects to the plans `planHash`.
        record Announced(Instant startsAt, String planHash) implements State {}

        /// A person objected: nothing starts until a person takes that back.
        record Objected(String planHash, String by, String reason) implements State {}

        /// The hosts of the wave are being patched.
        record Running(int wave) implements State {}

        /// The wave is patched and has to stay healthy until then.
        record Soaking(int wave, Instant until) implements State {}

        /// The gate does not let the next wave start, and does not know of a failure either.
        record Held(int wave, Instant until, String reason) implements State {}

        /// A person stopped it for now; only a person can let it go on, from where it was.
        record Paused(State before, String by, String reason) implements State {
            public Paused {
                if (before instanceof Paused) {
                    throw new IllegalArgumentException("a paused rollout cannot be paused again");
                }
            }
        }

        /// Stopped for good; hosts that were not begun are left alone.
        record Halted(String by, String reason) implements State {}

        /// Every host that was patched is being put back.
        record RollingBack(String by, String reason) implements State {}

        record RolledBack(String summary) implements State {}

        record Completed(String summary) implements State {}
    }

    /// What can happen to it. The first group comes from the machine, the second from people.
    public sealed interface Event {
        /// Every rehearsal ended and at least one passed.
        record Rehearsed(boolean needsApproval, String planHash) implements Event {}

        /// Every rehearsal ended; it starts then, unless a person objects.
        record Announced(Instant startsAt, String planHash) implements Event {}

        /// Nobody objected in time.
        record Unopposed() implements Event {}

        /// The plans, or the terms that they were approved or announced under, are not what they
        /// were: what was said to them before holds no longer. `startsAt` is null where a person
        /// has to approve.
        record PlanChanged(String planHash, @Nullable Instant startsAt) implements Event {}

        /// Nothing was begun, and it makes room for something more urgent.
        record GaveWay(String summary) implements Event {}

        /// There is nothing left to do.
        record Finished(String summary) implements Event {}

        record WaveSettled(Instant soakedAt) implements Event {}

        /// The gate, or a person in its place, lets the next wave start.
        record Promoted(int nextWave) implements Event {}

        record HeldBack(String reason) implements Event {}

        /// The machine found a failure.
        record Failed(String by, String reason) implements Event {}

        record Restored(String summary) implements Event {}

        record Approved(String planHash) implements Event {}

        record Veto(String by, String reason) implements Event {}

        /// A person takes an objection back; it is announced anew.
        record Lifted(Instant startsAt) implements Event {}

        record Pause(String by, String reason) implements Event {}

        /// A person lets it go on; `soakAgain` is until when its wave has to soak anew, null if it
        /// need not.
        record Resume(@Nullable Instant soakAgain) implements Event {
            Resume() {
                this(null);
            }
        }

        /// A person brings a host back into a rollout that is over: it goes on with that wave.
        record Reopened(int wave, String by, String reason) implements Event {}

        /// A host has to rehearse again before the plans can be approved.
        record RehearseAgain() implements Event {}

        record Halt(String by, String reason) implements Event {}

        record RollBack(String by, String reason) implements Event {}
    }

    /// Whether hosts can still be moved forward by it.
    public boolean open() {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ -> true;
            case State.Announced _, State.Objected _ -> true;
            case State.Soaking _, State.Held _, State.Paused _, State.RollingBack _ -> true;
            case State.Halted _, State.RolledBack _, State.Completed _ -> false;
        };
    }

    /// Whether the machine may move it; not while a person has paused it or objects to it.
    boolean moving() {
        return switch (state) {
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ -> true;
            case State.Announced _, State.Soaking _, State.Held _ -> true;
            case State.Objected _, State.Paused _, State.Halted _, State.RollingBack _ -> false;
            case State.RolledBack _, State.Completed _ -> false;
        };
    }

    /// Whether its hosts are at their first rehearsals, also while a person has paused that.
    boolean rehearsing() {
        return state instanceof State.Rehearsing
                || (state instanceof State.Paused(State before, _, _)
                        && before instanceof State.Rehearsing);
    }

    /// As it is made up before it is stored.
    Rollout under(Terms settled) {
        return new Rollout(
                id, group, title, selection, settled, by, automatic, startedAt, since, state);
    }

    Rollout with(State next, Instant at) {
        return new Rollout(id, group, title, selection, terms, by, automatic, startedAt, at, next);
    }
}
