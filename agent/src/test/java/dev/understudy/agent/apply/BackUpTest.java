package dev.understudy.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.twin.KeptData;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.PhaseTime;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an undo does not put back is backed up by its owner first.
class BackUpTest {
    private static final KeptData DATA =
            new KeptData("postgresql@15-main.service", List.of("/var/lib/postgresql/15/main"));

    @TempDir Path folder;
    private AgentProcesses agents;

    @BeforeEach
    void newAgents() throws GeneralSecurityException {
        agents = new AgentProcesses(folder);
    }

    private static FakeHost withData(boolean hook) {
        FakeHost host = new FakeHost();
        host.keptData.add(DATA);
        host.hooks.backsUp = hook;
        return host;
    }

    @Test
    void dataAreBackedUpWhereTheHostIsOutOfServiceAndNotChangedYet() throws Exception {
        FakeHost host = withData(true);
        host.hooks.present = true;
        assertThat(agents.applied(host).outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(host.actions)
                .containsSubsequence(
                        "drain", "backup postgresql@15-main.service", "unpack nginx", "undrain");
    }

    @Test
    void withoutABackupNothingIsChanged() throws Exception {
        FakeHost host = withData(true);
        host.hooks.backupFails = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_STARTED);
        assertThat(result.reasons()).containsExactly("the hook backup failed");
        assertThat(host.actions).doesNotContain("unpack nginx");
    }

    @Test
    void whereThereIsNoHookTheOwnerIsTold() throws Exception {
        FakeHost host = withData(false);
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(result.reasons())
                .singleElement()
                .asString()
                .contains("/var/lib/postgresql/15/main", "does not put back", "hooks.d/backup");
    }

    @Test
    void aPlanThatTouchesNoDataNeedsNoBackup() throws Exception {
        FakeHost host = new FakeHost();
        host.hooks.backsUp = true;
        ApplyResult result = agents.applied(host);
        assertThat(result.outcome()).isEqualTo(Outcome.IN_EFFECT);
        assertThat(host.actions).noneMatch(action -> action.startsWith("backup"));
        assertThat(result.timings()).extracting(PhaseTime::phase).doesNotContain("backup");
    }
}
