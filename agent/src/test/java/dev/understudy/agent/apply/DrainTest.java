package dev.understudy.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that their owners' hooks take out of service while they are changed.
class DrainTest {
    @TempDir Path folder;
    private AgentProcesses agents;

    @BeforeEach
    void newAgents() throws GeneralSecurityException {
        agents = new AgentProcesses(folder);
    }

    private static FakeHost hooked() {
        FakeHost host = new FakeHost();
        host.hooks.present = true;
        return host;
    }

    @Test
    void drainsBeforeTheFirstChangeAndUndrainsAfterTheChecks() throws Exception {
        FakeHost host = hooked();
        assertThat(agents.applied(host).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(host.actions)
                .containsSubsequence(
                        "checkpoint",
                        "keep baseline",
                        "drain",
                        "sample",
                        "keep baseline",
                        "unpack nginx",
                        "restart",
                        "sample",
                        "undrain")
                .containsOnlyOnce("drain")
                .containsOnlyOnce("undrain");
    }

    @Test
    void withoutHooksNothingIsDrained() throws Exception {
        FakeHost host = new FakeHost();
        agents.applied(host);
        assertThat(host.actions).doesNotContain("drain", "undrain");
    }

    @Test
    void aHostThatDoesNotDrainIsNotChangedAndIsTakenBack() throws Exception {
        FakeHost host = hooked();
        host.hooks.drainFails = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(result.reasons()).containsExactly("the hook drain failed");
        assertThat(host.actions).doesNotContain("unpack nginx").contains("undrain");
        assertThat(host.hooks.drained).isFalse();
    }

    @Test
    void aHostThatIsNotAsRehearsedIsNotDrained() throws Exception {
        FakeHost host = hooked();
        host.rehearsedAsItIs = false;
        assertThat(agents.applied(host).outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(host.actions).doesNotContain("drain", "undrain");
    }

    @Test
    void aHostThatStaysOutOfServiceNeedsAPerson() throws Exception {
        FakeHost host = hooked();
        host.hooks.undrainFails = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons())
                .contains("the hook undrain failed", "the plan itself ended as IN_EFFECT");
        assertThat(result.checkpoint()).isNotEmpty();
        assertThat(host.isNew()).isTrue();
    }

    @Test
    void aPatchThatIsUndoneEndsUndrained() throws Exception {
        FakeHost host = hooked();
        host.healthyAfterPatch = false;
        assertThat(agents.applied(host).outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(host.actions).containsSubsequence("drain", "restore", "undrain");
        assertThat(host.hooks.drained).isFalse();
    }

    @Test
    void endsUndrainedWhereverTheAgentWasKilled() throws Exception {
        int effects = agents.effectsOf(hooked());
        int notStarted = 0;
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = hooked();
            host.killAt = kill;
            ApplyResult result = agents.applied(host);
            assertThat(host.hooks.drained).as("killed at %d", kill).isFalse();
            assertThat(result.outcome()).isIn(Outcome.IN_EFFECT, Outcome.NOT_STARTED);
            assertThat(host.isNew()).isEqualTo(result.outcome() == Outcome.IN_EFFECT);
            assertThat(host.isOld()).isEqualTo(result.outcome() == Outcome.NOT_STARTED);
            notStarted += result.outcome() == Outcome.NOT_STARTED ? 1 : 0;
        }
        assertThat(notStarted).as("killed when it was drained and not changed").isPositive();
    }

    @Test
    void anOrderThatIsGivenUpEndsUndrained() throws Exception {
        FakeHost host = hooked();
        host.killAt = 12;
        ApplyResult result = agents.applied(host, 0, 0, 0, 0);
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons().getFirst()).contains("5 times");
        assertThat(host.actions.getLast()).isEqualTo("undrain");
        assertThat(host.hooks.drained).isFalse();
    }

    @Test
    void aRestoreDrainsTooButDoesNotWaitForIt() throws Exception {
        FakeHost host = hooked();
        host.hooks.drainFails = true;
        OrderId applied = OrderId.random();
        host.takeCheckpoint(applied.toString(), applied);
        host.keepBaseline(applied, host.sample());
        RestoreResult result = restored(host, applied);
        assertThat(result.complete()).isTrue();
        assertThat(result.reasons()).containsExactly("put back in service: the hook drain failed");
        assertThat(host.actions).containsSubsequence("drain", "restore", "undrain");
        host.hooks.undrainFails = true;
        RestoreResult out = restored(host, applied);
        assertThat(out.complete()).isFalse();
        assertThat(out.reasons()).contains("the hook undrain failed");
    }

    private RestoreResult restored(FakeHost host, OrderId applied) throws Exception {
        Report report = agents.end(host, new OrderBody.Restore(applied.toString()));
        return ((Report.Restored) report).result();
    }
}
