package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Outbox;
import dev.understudy.rollout.Rollout.Event;
import dev.understudy.rollout.Rollout.State;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// Moves a rollout and writes, in the open transaction, state, diary, audit entry and event.
final class MoveRollout {
    private final Rollouts rollouts;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    MoveRollout(
            Rollouts rollouts, Diary diary, AuditTrail audit, Outbox outbox, InstantSource clock) {
        this.rollouts = rollouts;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// @throws NotNow if the event does not fit the rollout's state
    Rollout happen(Rollout before, Event event, String by) {
        State next = RolloutLifecycle.next(before.state(), event);
        Rollout after = before.with(next, clock.instant().truncatedTo(ChronoUnit.MICROS));
        rollouts.save(after);
        diary.note(after.id(), null, name(next), sentence(next));
        audit.append(
                by,
                "rollout.moved",
                "rollout:" + after.id(),
                Map.of(
                        "from", name(before.state()),
                        "to", name(next),
                        "why", sentence(next)));
        publish(after);
        return after;
    }

    /// Adds a sentence to what people read of the rollout.
    void tell(RolloutId rollout, String what, String sentence) {
        diary.note(rollout, null, what, sentence);
    }

    private void publish(Rollout rollout) {
        switch (rollout.state()) {
            case State.Halted(String by, String reason) ->
                    outbox.publish(new RolloutHalted(rollout.id(), rollout.group(), by, reason));
            case State.Completed(String summary) -> ended(rollout, summary);
            case State.RolledBack(String summary) -> ended(rollout, summary);
            case State.Rehearsing _, State.AwaitingApproval _, State.Running _ -> {}
            case State.Announced(Instant startsAt, String hash) ->
                    outbox.publish(
                            new RolloutAnnounced(
                                    rollout.id(),
                                    rollout.group(),
                                    rollout.title(),
                                    startsAt,
                                    hash));
            case State.Objected _, State.Soaking _, State.Held _ -> {}
            case State.Paused _, State.RollingBack _ -> {}
        }
    }

    private void ended(Rollout rollout, String summary) {
        outbox.publish(
                new RolloutEnded(rollout.id(), rollout.group(), name(rollout.state()), summary));
    }

    static String name(State state) {
        return state.getClass().getSimpleName();
    }

    /// What the state means, for people.
    static String sentence(State state) {
        return switch (state) {
            case State.Rehearsing _ -> "Every host rehearses its patches on its twin.";
            case State.AwaitingApproval(String planHash) ->
                    "The rehearsals ended. A person has to approve the plans %s."
                            .formatted(planHash.substring(0, 12));
            case State.Announced(Instant startsAt, String planHash) ->
                    "The plans %s are announced: they start at %s unless a person objects."
                            .formatted(planHash.substring(0, 12), Sentences.time(startsAt));
            case State.Objected(_, String by, String reason) ->
                    "%s objects: %s It starts only when that is lifted."
                            .formatted(by, Sentences.of(List.of(reason)));
            case State.Running(int wave) -> "Wave %d is being patched.".formatted(wave);
            case State.Soaking(int wave, var until) ->
                    "Wave %d has to stay healthy until %s.".formatted(wave, Sentences.time(until));
            case State.Held(int wave, _, String reason) ->
                    "Wave %d is held. %s".formatted(wave, reason);
            case State.Paused(_, String by, String reason) ->
                    "Paused by %s: %s".formatted(by, reason);
            case State.Halted(String by, String reason) -> "Halted by %s: %s".formatted(by, reason);
            case State.RollingBack(String by, String reason) ->
                    "%s has every patched host put back: %s".formatted(by, reason);
            case State.RolledBack(String summary) -> "Rolled back: " + summary;
            case State.Completed(String summary) -> "Completed: " + summary;
        };
    }
}
