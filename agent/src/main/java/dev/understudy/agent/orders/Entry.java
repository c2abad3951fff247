package dev.understudy.agent.orders;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One line of the journal.
public sealed interface Entry {
    Instant at();

    /// The agent got an identity; its events are numbered from 1 again.
    record Enrolled(Instant at, HostId host) implements Entry {}

    /// First line of a new journal file: what has to be known of the ones before.
    record Continued(Instant at, @Nullable HostId host, long sequence, long acknowledged)
            implements Entry {}

    /// An order that the gate let in, or that a person on the host gave.
    record Accepted(Instant at, Order order, String fingerprint, boolean byHand) implements Entry {}

    /// An order that ended in an earlier file, remembered so that it is never carried out again.
    record Known(Instant at, OrderId order, String nonce, String fingerprint, Instant notAfter)
            implements Entry {}

    /// An attempt to carry the order out is about to be made. Counted before, so that a crash
    /// cannot loop for ever.
    record Began(Instant at, OrderId order, int attempt, String bootId) implements Entry {}

    /// The order is about to do what the step names.
    record Reached(Instant at, OrderId order, Step step, String bootId, String detail)
            implements Entry {}

    /// Something to tell the control plane, or, with sequence 0, only the journal. A report that
    /// ends the order ends it here, in the same line. `fingerprint` is of the signed bytes of an
    /// order that was refused.
    record Reported(
            Instant at,
            @Nullable OrderId order,
            long sequence,
            Report report,
            @Nullable String fingerprint)
            implements Entry {}

    /// The control plane has stored every event up to this one.
    record Acknowledged(Instant at, long sequence) implements Entry {}

    /// The control plane has fewer events than it had: it was put back to an older state. What it
    /// forgot and this journal still knows is pending again, in the lines before this one.
    record Forgotten(Instant at, long sequence) implements Entry {}
}
