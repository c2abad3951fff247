package dev.understudy.fleet;

import dev.understudy.protocol.Report;

/// The only place that moves an order from state to state. What the host says happened overrules
/// what the control plane assumed: an order that was cancelled or ran out after it was delivered
/// may still have been carried out.
final class OrderLifecycle {
    private OrderLifecycle() {}

    sealed interface Event {
        record Delivered() implements Event {}

        record Reported(Report report) implements Event {}

        record RanOut() implements Event {}

        record Cancelled() implements Event {}

        /// What the host said of it is lost: it is asked again, and its journal answers.
        record Forgotten() implements Event {}
    }

    /// The state after the event; the same state where the event changes nothing.
    static OrderState next(OrderState state, Event event) {
        return switch (event) {
            case Event.Delivered _ -> state == OrderState.QUEUED ? OrderState.DELIVERED : state;
            case Event.Reported(Report report) -> reported(state, report);
            case Event.RanOut _ -> unanswered(state) ? OrderState.EXPIRED : state;
            case Event.Forgotten _ -> state == OrderState.ACCEPTED ? OrderState.DELIVERED : state;
            case Event.Cancelled _ -> unanswered(state) ? OrderState.CANCELLED : state;
        };
    }

    private static OrderState reported(OrderState state, Report report) {
        if (state == OrderState.ENDED) {
            return state;
        }
        return report.ends() ? OrderState.ENDED : OrderState.ACCEPTED;
    }

    private static boolean unanswered(OrderState state) {
        return state == OrderState.QUEUED || state == OrderState.DELIVERED;
    }
}
