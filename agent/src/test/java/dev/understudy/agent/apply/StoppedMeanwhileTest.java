package dev.understudy.agent.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Report.Refusal;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fleet is stopped, or the host's lease ends, while an order is under way.
class StoppedMeanwhileTest {
    @TempDir Path folder;
    private AgentProcesses agents;

    @BeforeEach
    void newAgents() throws GeneralSecurityException {
        agents = new AgentProcesses(folder);
    }

    private FakeHost stoppedAfter(String effect) {
        FakeHost host = new FakeHost();
        host.watcher =
                did -> {
                    if (did.equals(effect)) {
                        agents.lease(Duration.ofMinutes(5), true);
                    }
                };
        return host;
    }

    private Report end(FakeHost host) throws Exception {
        return agents.end(host, AgentProcesses.apply(RebootPolicy.WHEN_NEEDED));
    }

    private static Refusal refusal(Report report) {
        assertThat(report).isInstanceOf(Report.Refused.class);
        return ((Report.Refused) report).code();
    }

    private static Outcome outcome(Report report) {
        assertThat(report).isInstanceOf(Report.Applied.class);
        return ((Report.Applied) report).result().outcome();
    }

    @Test
    void whatIsOnlyPreparedChangesNothingOnceTheFleetIsStopped() throws Exception {
        for (String preparing : List.of("download", "sample", "checkpoint", "keep baseline")) {
            FakeHost host = stoppedAfter(preparing);
            assertThat(refusal(end(host))).as(preparing).isEqualTo(Refusal.STOPPED);
            assertThat(host.isOld()).isTrue();
            assertThat(host.actions).noneMatch(action -> action.startsWith("unpack"));
        }
    }

    @Test
    void aHostThatIsCutOffWhileItPreparesChangesNothingOnceItsLeaseHasEnded() throws Exception {
        FakeHost host = new FakeHost();
        host.watcher =
                did -> {
                    if (did.equals("checkpoint")) {
                        agents.lease(Duration.ZERO, false);
                    }
                };
        assertThat(refusal(end(host))).isEqualTo(Refusal.NO_LEASE);
        assertThat(host.isOld()).isTrue();
    }

    @Test
    void aHostIsNotTakenOutOfServiceAndIsTakenBackIfItWas() throws Exception {
        FakeHost before = stoppedAfter("checkpoint");
        before.hooks.present = true;
        assertThat(refusal(end(before))).isEqualTo(Refusal.STOPPED);
        assertThat(before.actions).doesNotContain("drain");

        FakeHost after = stoppedAfter("drain");
        after.hooks.present = true;
        assertThat(refusal(end(after))).isEqualTo(Refusal.STOPPED);
        assertThat(after.actions)
                .containsSubsequence("drain", "undrain")
                .noneMatch(action -> action.startsWith("unpack"));
        assertThat(after.hooks.drained).isFalse();

        FakeHost stuck = stoppedAfter("drain");
        stuck.hooks.present = true;
        stuck.hooks.undrainFails = true;
        assertThat(outcome(end(stuck))).isEqualTo(Outcome.BROKEN);
    }

    @Test
    void whatHasBegunToChangeTheHostGoesToItsEndButRebootsNothing() throws Exception {
        FakeHost begun = stoppedAfter("unpack libssl3");
        assertThat(outcome(end(begun))).isEqualTo(Outcome.IN_EFFECT);

        FakeHost needsReboot = stoppedAfter("unpack libssl3");
        needsReboot.needsReboot = true;
        Report report = end(needsReboot);
        assertThat(outcome(report)).isEqualTo(Outcome.NOT_IN_EFFECT);
        assertThat(((Report.Applied) report).result().rebootReasons())
                .containsExactly("a new kernel is installed");
        assertThat(needsReboot.actions).doesNotContain("systemctl reboot");
    }

    @Test
    void whatFailedIsUndoneAlthoughTheFleetIsStopped() throws Exception {
        FakeHost host = stoppedAfter("unpack libssl3");
        host.healthyAfterPatch = false;
        assertThat(outcome(end(host))).isEqualTo(Outcome.RESTORED);
        assertThat(host.isOld()).isTrue();
    }

    /// An order waits for the package lists while they are fetched.
    @Test
    void anOrderThatHadToWaitIsNotBegunOnceTheFleetIsStopped() throws Exception {
        for (OrderBody body :
                List.of(
                        new OrderBody.Reboot(),
                        new OrderBody.RestartUnits(List.of("nginx.service")),
                        new OrderBody.Restore("checkpoint-1"))) {
            FakeHost host = new FakeHost();
            agents.whileWaiting = () -> agents.lease(Duration.ofMinutes(5), true);
            assertThat(refusal(agents.end(host, body))).isEqualTo(Refusal.STOPPED);
            assertThat(host.actions).containsExactly("sweep");
        }
    }
}
