package dev.understudy.agent.orders;

import dev.understudy.agent.log.Log;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/// Brings orders to their end, one at a time, in the order in which they were let in; first those
/// that a crash interrupted after they had touched the host. Attempts are counted in the journal,
/// so that an order which brings the agent down is given up after [#MOST_ATTEMPTS].
public final class OrderRunner {
    static final int MOST_ATTEMPTS = 5;
    private static final Duration JOURNAL_PAUSE = Duration.ofSeconds(10);

    private final Journal journal;
    private final OrderGate gate;
    private final Work work;
    private final String bootId;
    private volatile Optional<OrderId> running = Optional.empty();
    private boolean woken;

    public OrderRunner(Journal journal, OrderGate gate, Work work, String bootId) {
        this.journal = journal;
        this.gate = gate;
        this.work = work;
        this.bootId = bootId;
    }

    /// The order being carried out.
    public Optional<OrderId> running() {
        return running;
    }

    /// Says that there may be something to do: an order was let in, or the control plane answered.
    public synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /// Runs orders until the thread is interrupted.
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                runAll();
                await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void await() throws InterruptedException {
        while (!woken) {
            wait();
        }
        woken = false;
    }

    /// Runs every order that can be begun now.
    public void runAll() throws InterruptedException {
        for (Optional<OpenOrder> next = next(); next.isPresent(); next = next()) {
            bringToAnEnd(next.get());
        }
    }

    private Optional<OpenOrder> next() {
        return journal.open().stream()
                .filter(OpenOrder::touchedHost)
                .findFirst()
                .or(() -> journal.open().stream().filter(o -> !gate.mustWait(o)).findFirst());
    }

    private void bringToAnEnd(OpenOrder order) throws InterruptedException {
        OrderId id = order.order().id();
        running = Optional.of(id);
        try {
            Report report = attempt(order);
            if (report.ends()) {
                end(id, report);
            }
        } finally {
            running = Optional.empty();
        }
    }

    /// One attempt. A fault of the agent itself is not an end yet if the host was touched: the next
    /// attempt takes up from the journal, and the last one gives up with the reason.
    private Report attempt(OpenOrder order) throws InterruptedException {
        OrderId id = order.order().id();
        if (!order.touchedHost()) {
            Optional<Report.Refused> refusal = gate.mayNotBegin(order.order(), order.byHand());
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        int number = journal.began(id, bootId);
        Attempt attempt = attempt(order, number);
        String kind = order.order().body().getClass().getSimpleName();
        if (number > MOST_ATTEMPTS) {
            return work.giveUp(
                    attempt, "it was interrupted or failed %d times".formatted(MOST_ATTEMPTS));
        }
        Log.info("order %s: %s, attempt %d", id, kind, number);
        try {
            return work.carryOut(attempt);
        } catch (RuntimeException e) {
            Log.fault("order %s: %s, attempt %d failed".formatted(id, kind, number), e);
            Attempt after = journal.open(id).map(o -> attempt(o, number)).orElse(attempt);
            if (journal.open(id).map(OpenOrder::touchedHost).orElse(false)) {
                after.progress("again", "attempt %d failed: %s".formatted(number, e));
                Thread.sleep(Duration.ofSeconds(number));
                return new Report.Progress("again", "");
            }
            return new Report.Failed("the agent failed: " + e);
        }
    }

    private Attempt attempt(OpenOrder order, int number) {
        return new Attempt(
                order,
                number,
                bootId,
                journal,
                () -> gate.mayNotChange(order.order(), order.byHand()));
    }

    /// The end of an order is written even if the disk is full now: until it is, nothing else runs.
    private void end(OrderId id, Report report) throws InterruptedException {
        while (true) {
            try {
                journal.report(id, report);
                Log.info("order %s: %s", id, Sentences.of(report));
                return;
            } catch (UncheckedIOException e) {
                Log.error("order %s ended, but %s; trying again", id, e.getMessage());
                Thread.sleep(JOURNAL_PAUSE);
            }
        }
    }
}
