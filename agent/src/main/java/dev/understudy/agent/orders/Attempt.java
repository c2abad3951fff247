package dev.understudy.agent.orders;

import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.util.Optional;
import java.util.function.Supplier;

/// One attempt to carry an order out: what is known from earlier ones, and the way to the journal.
public final class Attempt {
    private final OpenOrder order;
    private final int number;
    private final String bootId;
    private final Journal journal;
    private final Supplier<Optional<Report.Refused>> changeRefused;

    /// @param changeRefused why the order may not change the host now
    Attempt(
            OpenOrder order,
            int number,
            String bootId,
            Journal journal,
            Supplier<Optional<Report.Refused>> changeRefused) {
        this.order = order;
        this.number = number;
        this.bootId = bootId;
        this.journal = journal;
        this.changeRefused = changeRefused;
    }

    public Order order() {
        return order.order();
    }

    public OrderId id() {
        return order.order().id();
    }

    public OrderBody body() {
        return order.order().body();
    }

    /// From 1.
    public int number() {
        return number;
    }

    /// The boot id of the running kernel.
    public String bootId() {
        return bootId;
    }

    /// What earlier attempts said last when they reached the step; empty if none did.
    public Optional<Entry.Reached> earlier(Step step) {
        return order.last(step);
    }

    /// How often earlier attempts reached the step.
    public long timesReached(Step step) {
        return order.reached().stream().filter(reached -> reached.step() == step).count();
    }

    /// Whether the host was rebooted since earlier attempts reached the step.
    public boolean rebootedSince(Step step) {
        return earlier(step).map(reached -> !reached.bootId().equals(bootId)).orElse(false);
    }

    /// Why the order, which was begun, may not go on to change the host: its lease ended meanwhile,
    /// the fleet was stopped, or the owner thinks otherwise now. To be asked right before the first
    /// step that touches the host; empty if it may.
    public Optional<Report.Refused> changeRefused() {
        return changeRefused.get();
    }

    /// Returns once it is on the disk that the step is about to be made.
    public void reach(Step step, String detail) {
        journal.reached(id(), step, bootId, detail);
    }

    /// Tells the control plane how far the order is.
    public void progress(String phase, String detail) {
        journal.report(
                id(),
                new Report.Progress(
                        phase, detail.length() > 1_000 ? detail.substring(0, 1_000) : detail));
    }
}
