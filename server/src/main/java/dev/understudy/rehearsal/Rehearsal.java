package dev.understudy.rehearsal;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RehearsalResult.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One trial of a plan on the twin of one host. Its id is the id of the order that asks for it.
///
/// @param shape the host's shape when it was asked for; a host of another shape must rehearse again
/// @param by who asked for it
public record Rehearsal(
        OrderId id,
        HostId host,
        Plan plan,
        String shape,
        Settings settings,
        String by,
        Instant requestedAt,
        State state) {

    /// How long the patched twin must stay healthy, and how long the whole rehearsal may take.
    public record Settings(Duration soak, Duration limit) {
        public static final Settings USUAL =
                new Settings(Duration.ofSeconds(10), Duration.ofMinutes(30));

        public Settings {
            if (soak.isNegative() || !limit.minus(soak).isPositive()) {
                throw new IllegalArgumentException(
                        "a rehearsal of at most %s cannot hold a soak of %s"
                                .formatted(limit, soak));
            }
        }
    }

    /// How far it is.
    public sealed interface State {
        /// The order waits for the host.
        record Requested() implements State {}

        /// The host is at it; `phase` is the step it last told of.
        record Running(String phase) implements State {}

        /// The host told its verdict.
        record Finished(RehearsalResult evidence) implements State {}

        /// It will never have a verdict: the order expired, was refused, or the host is gone.
        record Lost(Loss why, String reason) implements State {}
    }

    /// Why a rehearsal will never have a verdict.
    public enum Loss {
        /// The host did not take up the order in time.
        EXPIRED,
        /// The host was at something else; it may be asked again.
        BUSY,
        REFUSED,
        /// The agent failed at it.
        FAULT,
        /// The host took it up and has not been heard of it since.
        SILENT,
        RETIRED
    }

    /// What can happen to it.
    public sealed interface Event {
        record Accepted() implements Event {}

        record Progressed(String phase) implements Event {}

        record Reported(RehearsalResult result) implements Event {}

        record GaveUp(Loss why, String reason) implements Event {}
    }

    /// Whether nothing more is expected.
    public boolean ended() {
        return switch (state) {
            case State.Requested _, State.Running _ -> false;
            case State.Finished _, State.Lost _ -> true;
        };
    }

    /// What can be concluded from it. A rehearsal that is lost or under way proves nothing.
    public Verdict verdict() {
        return switch (state) {
            case State.Finished(RehearsalResult evidence) -> evidence.verdict();
            case State.Requested _, State.Running _, State.Lost _ -> Verdict.INCONCLUSIVE;
        };
    }

    /// Why the verdict is what it is, in sentences; empty only if it passed.
    public List<String> reasons() {
        return switch (state) {
            case State.Finished(RehearsalResult evidence) -> evidence.reasons();
            case State.Lost(_, String reason) -> List.of(reason);
            case State.Requested _ -> List.of("The host has not taken up the rehearsal yet.");
            case State.Running(String phase) ->
                    List.of("The rehearsal is under way (%s).".formatted(phase));
        };
    }

    Rehearsal with(State next) {
        return new Rehearsal(id, host, plan, shape, settings, by, requestedAt, next);
    }
}
