package dev.understudy.agent.orders;

import dev.understudy.protocol.Order;
import dev.understudy.protocol.Report;

/// What the gate says of a delivered order.
public sealed interface Judgement {
    /// It is in the journal and will be brought to an end.
    record LetIn(Order order) implements Judgement {}

    /// It was delivered before, and the control plane has not heard yet what came of it.
    record DeliveredBefore() implements Judgement {}

    /// It was refused; the journal and the next check-in say so.
    record TurnedAway(Report.Refused report) implements Judgement {}
}
