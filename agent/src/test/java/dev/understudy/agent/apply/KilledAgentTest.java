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
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
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
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the agent before each of its effects on the host in turn, also again and again, and starts
/// a new one on the same journal.
class KilledAgentTest {
    private static final String KEY_ID = "0123456789abcdef";
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));

    @TempDir Path folder;
    private KeyPair key;
    private final HostId self = HostId.random();
    private int starts;

    @BeforeEach
    void newKey() throws GeneralSecurityException {
        key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    @Test
    void anApplyEndsWhollyInstalledWhereverTheAgentWasKilled() throws Exception {
        int effects = effectsOf(new FakeHost());
        assertThat(effects).isGreaterThan(10);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.killAt = kill;
            ApplyResult result = applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.IN_EFFECT);
            assertThat(host.isNew()).isTrue();
            assertThat(host.runsOldFiles()).isFalse();
            assertThat(starts).isEqualTo(2);
        }
    }

    @Test
    void aFixIsNotInEffectWhileAProcessCouldNotBeExamined() throws Exception {
        FakeHost host = new FakeHost();
        host.unexamined = List.of("sshd with pid 7");
        ApplyResult result = applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_IN_EFFECT);
        assertThat(result.reasons())
                .containsExactly("sshd with pid 7 could not be examined for replaced files");
        assertThat(host.isNew()).isTrue();
    }

    @Test
    void anApplyDoesNotBeginWhereMoreThanThePlanWouldChange() throws Exception {
        FakeHost host = new FakeHost();
        host.simulated =
                Stream.concat(
                                host.simulated.stream(),
                                Stream.of(new PackageChange("zsh", "amd64", "5.9-4", null)))
                        .toList();
        ApplyResult result = applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(String.join(" ", result.reasons())).contains("zsh");
        assertThat(host.isOld()).isTrue();
    }

    @Test
    void anApplySimulatesAgainOnlyIfSomethingChangedThatTheAnswerDependsOn() throws Exception {
        FakeHost changed = new FakeHost();
        assertThat(applied(changed).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(changed.simulations).isEqualTo(1);

        FakeHost asItWas = new FakeHost();
        asItWas.stillExact = true;
        assertThat(applied(asItWas).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(asItWas.simulations).isZero();
    }

    @Test
    void anApplyThatMakesTheHostSickEndsWhollyRestoredWhereverTheAgentWasKilled() throws Exception {
        FakeHost undisturbed = new FakeHost();
        undisturbed.healthyAfterPatch = false;
        int effects = effectsOf(undisturbed);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.healthyAfterPatch = false;
            host.killAt = kill;
            ApplyResult result = applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.RESTORED);
            assertThat(String.join(" ", result.reasons())).contains("http 500");
            assertThat(host.isOld()).isTrue();
            assertThat(host.runsOldFiles()).isFalse();
        }
    }

    @Test
    void anApplyWhosePackageFailsEndsWhollyRestoredWhereverTheAgentWasKilled() throws Exception {
        FakeHost undisturbed = new FakeHost();
        undisturbed.postinstFails = true;
        int effects = effectsOf(undisturbed);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.postinstFails = true;
            host.killAt = kill;
            ApplyResult result = applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.RESTORED);
            assertThat(host.isOld()).isTrue();
        }
    }

    @Test
    void twoKillsInOneApplyAreTakenUpToo() throws Exception {
        int effects = effectsOf(new FakeHost());
        for (int first = 0; first < effects; first++) {
            for (int second = 0; second < 8; second++) {
                FakeHost host = new FakeHost();
                host.killAt = first;
                ApplyResult result = applied(host, second);
                assertThat(result.outcome())
                        .as("killed at %d and %d later", first, second)
                        .isIn(Outcome.IN_EFFECT, Outcome.RESTORED);
                assertThat(host.isNew() || host.isOld()).isTrue();
                assertThat(host.isNew()).isEqualTo(result.outcome() == Outcome.IN_EFFECT);
            }
        }
    }

    @Test
    void anAgentThatIsAlwaysKilledGivesUpAndSaysThatTheHostIsBroken() throws Exception {
        FakeHost host = new FakeHost();
        host.postinstFails = true;
        host.killAt = 6;
        Report report = end(host, apply(OrderBody.RebootPolicy.NEVER), 0, 0, 0, 0, 0, 0, 0, 0);
        ApplyResult result = ((Report.Applied) report).result();
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons().getFirst()).contains("5 times");
        assertThat(starts).isLessThan(9);
    }

    @Test
    void anIncompleteRestoreIsBrokenAndSaysWhatIsNotAsBefore() throws Exception {
        FakeHost host = new FakeHost();
        host.healthyAfterPatch = false;
        host.restoreFails = true;
        ApplyResult result = applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons()).contains("/etc/nginx/nginx.conf is not as before");
    }

    @Test
    void nothingIsTouchedWhenTheHostIsNotAsRehearsed() throws Exception {
        FakeHost host = new FakeHost();
        host.rehearsedAsItIs = false;
        ApplyResult result = applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(host.actions).doesNotContain("checkpoint", "unpack nginx");
        FakeHost moved = new FakeHost();
        moved.versions.put("nginx", "1.22.1+local");
        assertThat(applied(moved).reasons().getFirst()).contains("nginx is 1.22.1+local");
    }

    @Test
    void whatWasInstalledIsOnTheDiskBeforeTheJournalSaysThatItIsInstalled() throws Exception {
        FakeHost host = new FakeHost();
        applied(host);
        assertThat(host.actions)
                .containsSubsequence("configure openssl", "bring to disk", "restart");
        assertThat(host.onDisk()).isEqualTo(host.versions);
    }

    @Test
    void whatCannotBeBroughtToTheDiskIsUndone() throws Exception {
        FakeHost host = new FakeHost();
        host.diskFails = true;
        ApplyResult result = applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(result.reasons().getFirst()).contains("Input/output error");
        assertThat(host.isOld()).isTrue();
    }

    @Test
    void aRebootIsWaitedForAndTheFixIsThenInEffect() throws Exception {
        FakeHost host = new FakeHost();
        host.needsReboot = true;
        Report report = end(host, apply(OrderBody.RebootPolicy.WHEN_NEEDED));
        assertThat(((Report.Applied) report).result().outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(host.actions).containsOnlyOnce("systemctl reboot");
        FakeHost never = new FakeHost();
        never.needsReboot = true;
        ApplyResult waiting = applied(never);
        assertThat(waiting.outcome()).isEqualTo(Outcome.NOT_IN_EFFECT);
        assertThat(waiting.rebootReasons()).containsExactly("a new kernel is installed");
    }

    @Test
    void aRebootOrderHappensOnce() throws Exception {
        FakeHost host = new FakeHost();
        assertThat(end(host, new OrderBody.Reboot())).isEqualTo(new Report.Rebooted("6.1.0"));
        assertThat(host.actions).containsOnlyOnce("systemctl reboot");
    }

    @Test
    void anInterruptedRehearsalIsDoneAgainButNotForEver() throws Exception {
        OrderBody rehearse =
                new OrderBody.Rehearse(FakeHost.PLAN, Duration.ZERO, Duration.ofHours(1));
        FakeHost host = new FakeHost();
        host.killAt = 1;
        assertThat(end(host, rehearse)).isInstanceOf(Report.Rehearsed.class);
        assertThat(host.actions).contains("sweep");
        FakeHost always = new FakeHost();
        always.killAt = 0;
        assertThat(end(always, rehearse, 0, 0, 0)).isInstanceOf(Report.Failed.class);
    }

    private int effectsOf(FakeHost host) throws Exception {
        applied(host);
        return host.effects;
    }

    private ApplyResult applied(FakeHost host, int... laterKills) throws Exception {
        Report report = end(host, apply(OrderBody.RebootPolicy.NEVER), laterKills);
        return ((Report.Applied) report).result();
    }

    private static OrderBody apply(OrderBody.RebootPolicy reboot) {
        return new OrderBody.Apply(
                FakeHost.PLAN, OrderId.random(), Duration.ZERO, Duration.ofHours(1), reboot);
    }

    /// Brings the order to its end over as many agent processes as it takes; after each kill the
    /// next one comes that many effects later, if there is one left in `laterKills`.
    private Report end(FakeHost host, OrderBody body, int... laterKills) throws Exception {
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
        Lease lease = new Lease(CLOCK, System::nanoTime);
        OrderGate gate =
                new OrderGate(
                        self,
                        () -> Map.of(KEY_ID, key.getPublic()),
                        journal,
                        KilledAgentTest::managed,
                        lease,
                        new AnythingKnown());
        CarryOut work = new CarryOut(host, () -> true, new ReentrantLock());
        work.sweep();
        OrderRunner runner = new OrderRunner(journal, gate, work, host.bootId);
        runner.runAll();
        lease.renew(
                new CheckInAnswer(
                        CLOCK.instant(),
                        Duration.ofSeconds(30),
                        CLOCK.instant().plusSeconds(300),
                        false,
                        0,
                        false,
                        List.of()),
                System.nanoTime());
        Judgement judgement = gate.judge(signed);
        assertThat(judgement).isNotInstanceOf(Judgement.TurnedAway.class);
        runner.runAll();
        assertThat(journal.open()).isEmpty();
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
        public boolean hasCheckpoint(String checkpoint) {
            return true;
        }
    }
}
