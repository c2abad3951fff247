package dev.understudy.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the agent before each of its effects on the host in turn, also again and again, and starts
/// a new one on the same journal.
class KilledAgentTest {
    @TempDir Path folder;
    private AgentProcesses agents;

    @BeforeEach
    void newAgents() throws GeneralSecurityException {
        agents = new AgentProcesses(folder);
    }

    @Test
    void anApplyEndsWhollyInstalledWhereverTheAgentWasKilled() throws Exception {
        int effects = agents.effectsOf(new FakeHost());
        assertThat(effects).isGreaterThan(10);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.killAt = kill;
            ApplyResult result = agents.applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.IN_EFFECT);
            assertThat(host.isNew()).isTrue();
            assertThat(host.runsOldFiles()).isFalse();
            assertThat(agents.starts()).isEqualTo(2);
        }
    }

    @Test
    void aFixIsNotInEffectWhileAProcessCouldNotBeExamined() throws Exception {
        FakeHost host = new FakeHost();
        host.unexamined = List.of("sshd with pid 7");
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_IN_EFFECT);
        assertThat(result.reasons())
                .containsExactly("sshd with pid 7 could not be examined for replaced files");
        assertThat(host.isNew()).isTrue();
    }

    @Test
    void anApplyDoesNotBeginWhereMoreThanThePlanWouldChange() throws Exception {
        FakeHost host = new FakeHost();
        host.packages.simulated =
                Stream.concat(
                                host.packages.simulated.stream(),
                                Stream.of(new PackageChange("zsh", "amd64", "5.9-4", null)))
                        .toList();
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(String.join(" ", result.reasons())).contains("zsh");
        assertThat(host.isOld()).isTrue();
    }

    @Test
    void anApplySimulatesAgainOnlyIfSomethingChangedThatTheAnswerDependsOn() throws Exception {
        FakeHost changed = new FakeHost();
        assertThat(agents.applied(changed).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(changed.packages.simulations).isEqualTo(1);

        FakeHost asItWas = new FakeHost();
        asItWas.stillExact = true;
        assertThat(agents.applied(asItWas).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(asItWas.packages.simulations).isZero();
    }

    @Test
    void anApplyThatMakesTheHostSickEndsWhollyRestoredWhereverTheAgentWasKilled() throws Exception {
        FakeHost undisturbed = new FakeHost();
        undisturbed.healthyAfterPatch = false;
        int effects = agents.effectsOf(undisturbed);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.healthyAfterPatch = false;
            host.killAt = kill;
            ApplyResult result = agents.applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.RESTORED);
            assertThat(String.join(" ", result.reasons())).contains("http 500");
            assertThat(host.isOld()).isTrue();
            assertThat(host.runsOldFiles()).isFalse();
        }
    }

    @Test
    void anApplyWhosePackageFailsEndsWhollyRestoredWhereverTheAgentWasKilled() throws Exception {
        FakeHost undisturbed = new FakeHost();
        undisturbed.packages.postinstFails = true;
        int effects = agents.effectsOf(undisturbed);
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.packages.postinstFails = true;
            host.killAt = kill;
            ApplyResult result = agents.applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.RESTORED);
            assertThat(host.isOld()).isTrue();
        }
    }

    @Test
    void twoKillsInOneApplyAreTakenUpToo() throws Exception {
        int effects = agents.effectsOf(new FakeHost());
        for (int first = 0; first < effects; first++) {
            for (int second = 0; second < 8; second++) {
                FakeHost host = new FakeHost();
                host.killAt = first;
                ApplyResult result = agents.applied(host, second);
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
        host.packages.postinstFails = true;
        host.killAt = 6;
        Report report =
                agents.end(
                        host,
                        AgentProcesses.apply(OrderBody.RebootPolicy.NEVER),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0);
        ApplyResult result = ((Report.Applied) report).result();
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons().getFirst()).contains("5 times");
        assertThat(agents.starts()).isLessThan(9);
    }

    @Test
    void anIncompleteRestoreIsBrokenAndSaysWhatIsNotAsBefore() throws Exception {
        FakeHost host = new FakeHost();
        host.healthyAfterPatch = false;
        host.restoreFails = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons()).contains("/etc/nginx/nginx.conf is not as before");
    }

    @Test
    void nothingIsTouchedWhenTheHostIsNotAsRehearsed() throws Exception {
        FakeHost host = new FakeHost();
        host.rehearsedAsItIs = false;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(host.actions).doesNotContain("checkpoint", "unpack nginx");
        FakeHost moved = new FakeHost();
        moved.packages.versions.put("nginx", "1.22.1+local");
        assertThat(agents.applied(moved).reasons().getFirst()).contains("nginx is 1.22.1+local");
    }

    @Test
    void whatWasInstalledIsOnTheDiskBeforeTheJournalSaysThatItIsInstalled() throws Exception {
        FakeHost host = new FakeHost();
        agents.applied(host);
        assertThat(host.actions)
                .containsSubsequence("configure openssl", "bring to disk", "restart");
        assertThat(host.onDisk()).isEqualTo(host.packages.versions);
    }

    @Test
    void whatCannotBeBroughtToTheDiskIsUndone() throws Exception {
        FakeHost host = new FakeHost();
        host.diskFails = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(result.reasons().getFirst()).contains("Input/output error");
        assertThat(host.isOld()).isTrue();
    }

    @Test
    void aRebootIsWaitedForAndTheFixIsThenInEffect() throws Exception {
        FakeHost host = new FakeHost();
        host.needsReboot = true;
        Report report = agents.end(host, AgentProcesses.apply(OrderBody.RebootPolicy.WHEN_NEEDED));
        assertThat(((Report.Applied) report).result().outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(host.actions).containsOnlyOnce("systemctl reboot");
        FakeHost never = new FakeHost();
        never.needsReboot = true;
        ApplyResult waiting = agents.applied(never);
        assertThat(waiting.outcome()).isEqualTo(Outcome.NOT_IN_EFFECT);
        assertThat(waiting.rebootReasons()).containsExactly("a new kernel is installed");
    }

    @Test
    void aRebootOrderHappensOnce() throws Exception {
        FakeHost host = new FakeHost();
        assertThat(agents.end(host, new OrderBody.Reboot()))
                .isEqualTo(new Report.Rebooted("6.1.0"));
        assertThat(host.actions).containsOnlyOnce("systemctl reboot");
    }

    @Test
    void anInterruptedRehearsalIsDoneAgainButNotForEver() throws Exception {
        OrderBody rehearse =
                new OrderBody.Rehearse(FakeHost.PLAN, Duration.ZERO, Duration.ofHours(1));
        FakeHost host = new FakeHost();
        host.killAt = 1;
        assertThat(agents.end(host, rehearse)).isInstanceOf(Report.Rehearsed.class);
        assertThat(host.actions).contains("sweep");
        FakeHost always = new FakeHost();
        always.killAt = 0;
        assertThat(agents.end(always, rehearse, 0, 0, 0)).isInstanceOf(Report.Failed.class);
    }

    private static OrderBody triaged(boolean mayFail) {
        return new OrderBody.Apply(
                FakeHost.PLAN,
                OrderId.random(),
                Duration.ZERO,
                Duration.ofHours(1),
                OrderBody.RebootPolicy.NEVER,
                null,
                new Triage(Duration.ofMinutes(1), 1 << 20, mayFail));
    }

    private ApplyResult triaged(FakeHost host, boolean mayFail) throws Exception {
        return ((Report.Applied) agents.end(host, triaged(mayFail))).result();
    }

    @Test
    void evidenceIsSecuredBeforeAnyChangeWhereverTheAgentWasKilled() throws Exception {
        FakeHost whole = new FakeHost();
        triaged(whole, false);
        for (int kill = 0; kill < whole.effects; kill++) {
            FakeHost host = new FakeHost();
            host.killAt = kill;
            ApplyResult result = triaged(host, false);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.IN_EFFECT);
            assertThat(result.triage()).isInstanceOf(TriageOutcome.Kept.class);
            assertThat(host.actions).containsSubsequence("secure evidence", "checkpoint");
        }
    }

    @Test
    void nothingIsChangedWithoutEvidenceUnlessThatMayFail() throws Exception {
        FakeHost host = new FakeHost();
        host.evidence.fails = true;
        ApplyResult result = triaged(host, false);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(result.reasons().getFirst()).contains("no evidence", "the disk is full");
        assertThat(host.isOld()).isTrue();
        assertThat(host.actions).doesNotContain("checkpoint");
        FakeHost patched = new FakeHost();
        patched.evidence.fails = true;
        result = triaged(patched, true);
        assertThat(result.outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(result.triage()).isEqualTo(new TriageOutcome.Missing("the disk is full"));
    }
}
