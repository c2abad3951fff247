package dev.understudy.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.apply.FakeHost.Killed;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.Judgement;
import dev.understudy.agent.orders.Known;
import dev.understudy.agent.orders.Lease;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.orders.OrderGate;
import dev.understudy.agent.orders.OrderRunner;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.SignedOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The agent processes of one [FakeHost], one after another on the same journal.
final class AgentProcesses {
    private static final String KEY_ID = "0123456789abcdef";
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));

    private final Path folder;
    private final KeyPair key;
    private final HostId self = HostId.random();
    private int starts;

    /// What happens while an order waits for the package lists.
    Runnable whileWaiting = () -> {};

    /// Of the process that runs; null before the first.
    private @Nullable Lease lease;

    AgentProcesses(Path folder) throws GeneralSecurityException {
        this.folder = folder;
        this.key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    /// Of the last order.
    int starts() {
        return starts;
    }

    int effectsOf(FakeHost host) throws Exception {
        applied(host);
        return host.effects;
    }

    ApplyResult applied(FakeHost host, int... laterKills) throws Exception {
        Report report = end(host, apply(OrderBody.RebootPolicy.NEVER), laterKills);
        return ((Report.Applied) report).result();
    }

    static OrderBody apply(OrderBody.RebootPolicy reboot) {
        return new OrderBody.Apply(
                FakeHost.PLAN, OrderId.random(), Duration.ZERO, Duration.ofHours(1), reboot);
    }

    /// Brings the order to its end over as many agent processes as it takes; after each kill the
    /// next one comes that many effects later, if there is one left in `laterKills`.
    Report end(FakeHost host, OrderBody body, int... laterKills) throws Exception {
        Path journalFolder = Files.createTempDirectory(folder, "journal");
        Order order =
                new Order(
                        OrderId.random(),
                        self,
                        CLOCK.instant(),
                        CLOCK.instant().plusSeconds(900),
                        "nonce-" + OrderId.random(),
                        body);
        SignedOrder signed = SignedOrder.sign(order, KEY_ID, key.getPrivate());
        int kills = 0;
        starts = 0;
        for (boolean ended = false; !ended; ) {
            assertThat(starts++).as("agent processes").isLessThan(20);
            try (Journal journal = Journal.open(journalFolder, CLOCK)) {
                process(host, journal, signed);
                ended = true;
            } catch (Killed _) {
                host.killAt =
                        kills < laterKills.length
                                ? host.effects + laterKills[kills]
                                : Integer.MAX_VALUE;
                kills++;
            }
        }
        return lastReport(journalFolder, order.id());
    }

    private void process(FakeHost host, Journal journal, SignedOrder signed)
            throws InterruptedException {
        if (journal.host().isEmpty()) {
            journal.enrolled(self);
        }
        lease = new Lease(CLOCK, System::nanoTime);
        OrderGate gate =
                new OrderGate(
                        self,
                        () -> Map.of(KEY_ID, key.getPublic()),
                        journal,
                        AgentProcesses::managed,
                        lease,
                        new AnythingKnown());
        CarryOut work = new CarryOut(host, () -> true, new Waiting());
        work.sweep();
        OrderRunner runner = new OrderRunner(journal, gate, work, host.bootId);
        runner.runAll();
        lease(Duration.ofMinutes(5), false);
        Judgement judgement = gate.judge(signed);
        assertThat(judgement).isNotInstanceOf(Judgement.TurnedAway.class);
        runner.runAll();
        assertThat(journal.open()).isEmpty();
    }

    /// What the control plane answers to a check-in of the process that runs.
    void lease(Duration left, boolean stop) {
        Objects.requireNonNull(lease)
                .renew(
                        new CheckInAnswer(
                                CLOCK.instant(),
                                Duration.ofSeconds(30),
                                CLOCK.instant().plus(left),
                                stop,
                                0,
                                false,
                                List.of()),
                        System.nanoTime());
    }

    private static Report lastReport(Path journalFolder, OrderId order) throws IOException {
        try (Journal journal = Journal.open(journalFolder, CLOCK)) {
            List<AgentEvent> ends =
                    journal.pending(1_000).stream()
                            .filter(event -> order.equals(event.order()))
                            .filter(event -> event.report().ends())
                            .toList();
            assertThat(ends).as("an order ends once").hasSize(1);
            return ends.getFirst().report();
        }
    }

    private static LocalPolicy managed() {
        return new LocalPolicy(
                Mode.MANAGED,
                List.of(),
                false,
                false,
                List.of(),
                new LocalPolicy.Keep(5, 30, 1L << 30),
                List.of());
    }

    private static final class AnythingKnown implements Known {
        @Override
        public Optional<String> notRehearsed(OrderId rehearsal, Plan plan, boolean accepted) {
            return Optional.empty();
        }

        @Override
        public Optional<String> quarantined(Plan plan) {
            return Optional.empty();
        }

        @Override
        public boolean hasCheckpoint(String checkpoint) {
            return true;
        }
    }

    private final class Waiting extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        @Override
        public void lockInterruptibly() throws InterruptedException {
            super.lockInterruptibly();
            whileWaiting.run();
        }
    }
}
