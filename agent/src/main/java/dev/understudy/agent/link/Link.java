package dev.understudy.agent.link;

import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.Judgement;
import dev.understudy.agent.orders.Lease;
import dev.understudy.agent.orders.OrderGate;
import dev.understudy.agent.orders.OrderRunner;
import dev.understudy.agent.quarantine.Quarantine;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.SignedOrder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// Checks in with the control plane: tells what happened, takes the lease and the orders, and does
/// it again when the control plane asked for it, at once when there is something new to tell.
public final class Link {
    private static final Duration SOONEST = Duration.ofMillis(300);
    private static final int MOST_EVENTS = 200;
    private static final Duration UNWELCOME_PAUSE = Duration.ofMinutes(5);

    private final ControlPlane controlPlane;
    private final Journal journal;
    private final OrderGate gate;
    private final OrderRunner runner;
    private final Lease lease;
    private final Self self;
    private final Quarantine quarantine;
    private final Duration longestPause;
    private final InstantSource clock;
    private final BackOff backOff;
    private boolean news;

    /// What the agent says of itself and its host at a check-in.
    public interface Self {
        String agentVersion();

        String bootId();

        /// The newest inventory as it goes over the wire; looked at again if the host may have
        /// changed.
        CurrentInventory inventory() throws InterruptedException;

        List<CheckpointInfo> checkpoints() throws InterruptedException;
    }

    /// An encoded inventory, read from disk only when it is wanted.
    public interface CurrentInventory {
        String digest();

        byte[] encoded();
    }

    public Link(
            ControlPlane controlPlane,
            Journal journal,
            OrderGate gate,
            OrderRunner runner,
            Lease lease,
            Self self,
            Quarantine quarantine,
            Duration longestPause,
            InstantSource clock,
            RandomGenerator chance) {
        this.controlPlane = controlPlane;
        this.journal = journal;
        this.gate = gate;
        this.runner = runner;
        this.lease = lease;
        this.self = self;
        this.quarantine = quarantine;
        this.longestPause = longestPause;
        this.clock = clock;
        this.backOff = new BackOff(chance);
        journal.onReport(this::wake);
    }

    /// Makes the next check-in happen at once.
    public synchronized void wake() {
        news = true;
        notifyAll();
    }

    /// Checks in until the thread is interrupted. Only what concerns the link ends here as a line
    /// in the log; faults of the agent are faults.
    public void run() {
        int failures = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    Duration pause = checkIn();
                    failures = 0;
                    await(pause, true);
                } catch (LinkException e) {
                    failures++;
                    Duration pause = e.unwelcome() ? UNWELCOME_PAUSE : backOff.after(failures);
                    Log.warn("link: %s; trying again in %d s", e.getMessage(), pause.toSeconds());
                    await(pause, false);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Checks in once, and again for as long as there is work, or was until `linger` ago: what ends
    /// often has a successor. While orders run, the link may fail and come back as for an agent
    /// that stays; without any, its failure is the end.
    ///
    /// @param working whether orders are open or their reports unheard
    public void runWhile(BooleanSupplier working, Duration linger)
            throws LinkException, InterruptedException {
        int failures = 0;
        long until = System.nanoTime();
        while (true) {
            boolean worked = working.getAsBoolean();
            try {
                Duration pause = checkIn();
                failures = 0;
                if (worked || working.getAsBoolean()) {
                    until = System.nanoTime() + linger.toNanos();
                } else if (System.nanoTime() - until >= 0) {
                    return;
                }
                await(pause.compareTo(linger) < 0 ? pause : linger, true);
            } catch (LinkException e) {
                if (runner.running().isEmpty()) {
                    throw e;
                }
                failures++;
                Duration pause = backOff.after(failures);
                Log.warn("link: %s; trying again in %d s", e.getMessage(), pause.toSeconds());
                await(pause, false);
            }
        }
    }

    /// Waits for the pause to pass, or for news. After a failure news do not shorten the pause.
    private void await(Duration pause, boolean newsCount) throws InterruptedException {
        Thread.sleep(SOONEST);
        awaitNews(pause, newsCount);
    }

    private synchronized void awaitNews(Duration pause, boolean newsCount)
            throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        while (!(news && newsCount)) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        news = false;
    }

    /// One check-in with all that follows from it; gives the pause until the next.
    public Duration checkIn() throws LinkException, InterruptedException {
        CurrentInventory inventory = self.inventory();
        List<AgentEvent> events = journal.pending(MOST_EVENTS);
        CheckIn message =
                new CheckIn(
                        self.agentVersion(),
                        self.bootId(),
                        inventory.digest(),
                        runner.running().orElse(null),
                        events,
                        self.checkpoints(),
                        journal.acknowledged(),
                        quarantine.digest());
        long sentAt = System.nanoTime();
        CheckInAnswer answer = controlPlane.checkIn(message);
        lease.renew(answer, sentAt);
        controlPlane.learn(answer.orderKeys(), lease.now());
        // Before the orders, which it may keep from being let in.
        quarantine.heard(answer.quarantine());
        boolean again = journal.forgottenAfter(answer.acknowledged());
        journal.acknowledged(answer.acknowledged());
        for (SignedOrder order : answer.orders()) {
            if (gate.judge(order) instanceof Judgement.TurnedAway(var report)) {
                Log.warn("an order was refused, %s: %s", report.code(), report.detail());
            }
        }
        runner.wake();
        if (answer.inventoryWanted()) {
            controlPlane.inventory(inventory.encoded());
        }
        controlPlane.renewIfDue(clock.instant());
        return again || events.size() == MOST_EVENTS ? Duration.ZERO : bounded(answer.nextPoll());
    }

    private Duration bounded(Duration wanted) {
        Duration least = Duration.ofSeconds(1);
        if (wanted.compareTo(least) < 0) {
            return least;
        }
        return wanted.compareTo(longestPause) > 0 ? longestPause : wanted;
    }
}
