package dev.understudy.rehearsal;

import dev.understudy.rehearsal.Rehearsal.Event;
import dev.understudy.rehearsal.Rehearsal.Loss;
import dev.understudy.rehearsal.Rehearsal.State;

/// The only place that moves a rehearsal. Reports may come twice or late: once it has ended nothing
/// moves it, except that evidence which arrives after the rehearsal was given up is still taken.
final class RehearsalLifecycle {
    private RehearsalLifecycle() {}

    static State next(State state, Event event) {
        return switch (state) {
            case State.Requested _ ->
                    switch (event) {
                        case Event.Accepted _ -> new State.Running("accepted");
                        case Event.Progressed(String phase) -> new State.Running(phase);
                        case Event.Reported(var result) -> new State.Finished(result);
                        case Event.GaveUp(Loss why, String reason) -> new State.Lost(why, reason);
                    };
            case State.Running _ ->
                    switch (event) {
                        case Event.Accepted _ -> state;
                        case Event.Progressed(String phase) -> new State.Running(phase);
                        case Event.Reported(var result) -> new State.Finished(result);
                        case Event.GaveUp(Loss why, String reason) -> new State.Lost(why, reason);
                    };
            case State.Lost _ ->
                    switch (event) {
                        case Event.Reported(var result) -> new State.Finished(result);
                        case Event.Accepted _, Event.Progressed _, Event.GaveUp _ -> state;
                    };
            case State.Finished _ -> state;
        };
    }
}
