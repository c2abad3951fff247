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
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the host itself suffers in the middle of an order: loss of power, a full disk, services
/// that read files of the patch.
class DisturbedHostTest {
    @TempDir Path folder;
    private AgentProcesses agents;

    @BeforeEach
    void newAgents() throws GeneralSecurityException {
        agents = new AgentProcesses(folder);
    }

    /// dpkg would go on with configuration files that never came to the disk.
    @Test
    void anInstallationThatALossOfPowerInterruptsIsUndoneAndNeverDrivenForward() throws Exception {
        int effects = agents.effectsOf(new FakeHost());
        int undone = 0;
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = new FakeHost();
            host.killAt = kill;
            host.killIsLossOfPower = true;
            host.onlyConfigurationChanges = true;
            ApplyResult result = agents.applied(host);
            assertThat(host.actions).as("killed at %d", kill).doesNotContain("repair");
            assertThat(result.outcome()).isIn(Outcome.IN_EFFECT, Outcome.RESTORED);
            assertThat(host.isNew()).isEqualTo(result.outcome() == Outcome.IN_EFFECT);
            assertThat(host.isOld()).isEqualTo(result.outcome() == Outcome.RESTORED);
            if (host.isOld()) {
                undone++;
                assertThat(result.reasons().getFirst()).contains("restarted while");
                assertThat(host.readPatched).as("nginx runs what it read of the patch").isFalse();
            }
        }
        assertThat(undone).as("the effects of the installation").isGreaterThanOrEqualTo(6);
    }

    @Test
    void aServiceThatThePatchRestartedReadsTheFilesThatWerePutBack() throws Exception {
        FakeHost host = new FakeHost();
        host.healthyAfterPatch = false;
        host.onlyConfigurationChanges = true;
        assertThat(agents.applied(host).outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(host.readPatched).isFalse();
        assertThat(host.actions).containsSubsequence("put back openssl", "restart nginx.service");
    }

    @Test
    void anUndoThatAFullDiskPreventsIsTriedAgainWhereverTheAgentWasKilled() throws Exception {
        int effects = agents.effectsOf(sickWithAFullDisk());
        for (int kill = 0; kill < effects; kill++) {
            FakeHost host = sickWithAFullDisk();
            host.killAt = kill;
            ApplyResult result = agents.applied(host);
            assertThat(result.outcome()).as("killed at %d", kill).isEqualTo(Outcome.RESTORED);
            assertThat(host.isOld()).isTrue();
            assertThat(host.serviceDown).as("a service that had failed meanwhile").isFalse();
            assertThat(host.actions)
                    .containsSubsequence(
                            "systemctl reset-failed -- redis.service", "restart redis.service");
        }
    }

    private static FakeHost sickWithAFullDisk() {
        FakeHost host = new FakeHost();
        host.healthyAfterPatch = false;
        host.pausesUntilDiskHasRoom = 2;
        host.killedToRestart = List.of("redis.service was killed");
        return host;
    }

    @Test
    void anUndoEndsWhenTheDiskStaysFullAndSaysSo() throws Exception {
        FakeHost host = sickWithAFullDisk();
        host.pausesUntilDiskHasRoom = Integer.MAX_VALUE;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.BROKEN);
        assertThat(result.reasons()).contains("No space left on device");
        assertThat(host.actions).filteredOn("pause"::equals).hasSameSizeAs(PutBack.PAUSES);
    }

    @Test
    void aServiceThatHadToBeKilledIsInTheReportOfARestore() throws Exception {
        FakeHost host = sickWithAFullDisk();
        OrderId applied = OrderId.random();
        host.takeCheckpoint(applied.toString(), applied);
        host.keepBaseline(applied, host.sample());
        Report report = agents.end(host, new OrderBody.Restore(applied.toString()));
        RestoreResult result = ((Report.Restored) report).result();
        assertThat(result.complete()).isTrue();
        assertThat(result.reasons()).containsExactly("redis.service was killed");
    }
}
