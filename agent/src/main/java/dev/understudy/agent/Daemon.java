package dev.understudy.agent;

import dev.understudy.agent.link.ControlPlane;
import dev.understudy.agent.link.Identity;
import dev.understudy.agent.link.Link;
import dev.understudy.agent.link.LinkException;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.Entry;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.Lease;
import dev.understudy.agent.orders.OpenOrder;
import dev.understudy.agent.orders.OrderGate;
import dev.understudy.agent.orders.OrderRunner;
import dev.understudy.agent.orders.Step;
import dev.understudy.protocol.HostId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// The agent of an enrolled host: checks in, carries orders out, keeps the package lists fresh.
final class Daemon implements AutoCloseable {
    private static final Duration POLITE = Duration.ofSeconds(20);
    private static final Duration PATIENT = Duration.ofMinutes(10);

    /// How long one that is started by a timer stays for the order that follows the last.
    private static final Duration LINGER = Duration.ofSeconds(90);

    private final Agent agent;
    private final Journal journal;
    private final OrderRunner runner;
    private final ControlPlane controlPlane;
    private final Link link;
    private final HostState state;
    private final Thread running;

    Daemon(Agent agent, Identity identity, Journal journal) throws LinkException {
        this.agent = agent;
        this.journal = journal;
        HostId self = identity.host();
        if (!journal.host().map(self::equals).orElse(false)) {
            journal.enrolled(self);
        }
        state = agent.state();
        controlPlane = new ControlPlane(identity, agent.dataFolder);
        Lease lease = new Lease(agent.clock, System::nanoTime);
        OrderGate gate =
                new OrderGate(
                        self,
                        () -> controlPlane.orderKeys(lease.now()),
                        journal,
                        agent::policy,
                        lease,
                        agent.host);
        runner = new OrderRunner(journal, gate, agent.work(), state.bootId());
        link =
                new Link(
                        controlPlane,
                        journal,
                        gate,
                        runner,
                        lease,
                        state,
                        agent.quarantine,
                        agent.settings.longestPause(),
                        agent.clock,
                        ThreadLocalRandom.current());
        journal.watch(this::seen);
        running =
                Thread.ofPlatform()
                        .name("orders")
                        .daemon()
                        .uncaughtExceptionHandler(Daemon::endProcess)
                        .unstarted(runner::run);
    }

    /// A fault that ends a thread, such as a journal that cannot be written, ends the process: an
    /// agent that only looks alive would carry out nothing. The next one goes on from what is on
    /// the disk.
    private static void endProcess(Thread thread, Throwable fault) {
        Log.fault("the thread '%s' failed; ending".formatted(thread.getName()), fault);
        Runtime.getRuntime().halt(Main.FAILED);
    }

    /// An order that ended has probably changed what the inventory says.
    private void seen(Entry entry) {
        if (entry instanceof Entry.Reported reported
                && reported.order() != null
                && reported.report().ends()) {
            state.changed();
        }
    }

    /// Runs until the process is told to end.
    void run() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        agent.host.sweep();
        running.start();
        Upkeep upkeep =
                new Upkeep(
                        agent.packages,
                        agent.settings.refreshAfter(),
                        agent.packageLists,
                        () -> {
                            state.changed();
                            link.wake();
                        },
                        agent.clock);
        Thread.ofPlatform()
                .name("upkeep")
                .daemon()
                .uncaughtExceptionHandler(Daemon::endProcess)
                .start(upkeep::run);
        link.run();
    }

    /// Checks in, carries out what there is to do, reports it, and ends when no more comes.
    void once() throws LinkException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        agent.host.sweep();
        new Upkeep(
                        agent.packages,
                        agent.settings.refreshAfter(),
                        agent.packageLists,
                        state::changed,
                        agent.clock)
                .refreshIfOld();
        running.start();
        link.runWhile(() -> !journal.open().isEmpty() || journal.anythingPending(), LINGER);
        running.interrupt();
        running.join();
    }

    /// A rehearsal is broken off, which removes its twin. What changes the host is waited for: it
    /// would be taken up again, but it is better not to need that.
    private void end() {
        try {
            boolean changing = journal.open().stream().anyMatch(Daemon::mustNotBeCut);
            if (changing) {
                Log.info("waiting for the running order to end");
                for (long until = System.nanoTime() + PATIENT.toNanos();
                        System.nanoTime() < until
                                && journal.open().stream().anyMatch(Daemon::mustNotBeCut); ) {
                    Thread.sleep(500);
                }
            } else {
                running.interrupt();
                running.join(POLITE);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether it has touched the host and is not just waiting for the reboot that ends us.
    private static boolean mustNotBeCut(OpenOrder order) {
        return order.touchedHost() && order.reached().getLast().step() != Step.REBOOT;
    }

    @Override
    public void close() throws IOException {
        controlPlane.close();
        journal.close();
    }
}
