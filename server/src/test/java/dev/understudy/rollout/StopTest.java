package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What people stop stays stopped, and what they take back is taken back everywhere.
class StopTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    StopTest() {
        super(DATABASE);
    }

    private void rolledBack() {
        world.until(() -> world.newest().state() instanceof Rollout.State.RolledBack);
    }

    private boolean is(Class<? extends Rollout.State> state) {
        return !world.module.rollouts().newest(1).isEmpty()
                && state.isInstance(world.newest().state());
    }

    private String sentence() {
        return MoveRollout.sentence(world.newest().state());
    }

    private Map<String, String> installed(SimulatedAgent agent) {
        return agent.installed();
    }

    @Test
    void aRollbackLongAfterwardsReachesEveryHostAndSaysWhoWantedIt() {
        for (int i = 1; i <= 4; i++) {
            world.agent("web-" + i, "curl", "vim");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.clock.pass(Duration.ofDays(20));
        world.ticks(3);
        world.module.steer().rollBack(world.newest().id(), "token:alice", "It leaks memory.");
        rolledBack();
        assertThat(world.agents)
                .allSatisfy(
                        agent ->
                                assertThat(installed(agent))
                                        .isEqualTo(Map.of("curl", "1", "vim", "1")));
        assertThat(sentence())
                .isEqualTo("Rolled back: by token:alice: It leaks memory. 4 rolled back.");
    }

    @Test
    void aHostWithoutItsCheckpointSaysSoAndTheOthersArePutBack() {
        SimulatedAgent pruned = world.agent("web-1", "curl");
        SimulatedAgent kept = world.agent("web-2", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        pruned.forgetCheckpoints();
        world.module.steer().rollBack(world.newest().id(), "token:alice", "It leaks memory.");
        rolledBack();
        assertThat(installed(pruned)).containsEntry("curl", "2");
        assertThat(installed(kept)).containsEntry("curl", "1");
        assertThat(world.of(pruned).state())
                .isInstanceOfSatisfying(
                        State.Broken.class,
                        broken ->
                                assertThat(broken.reasons().getFirst())
                                        .startsWith(
                                                "The host keeps the patch: it no longer has the checkpoint"));
        assertThat(sentence()).contains("Not put back: web-1");
    }

    @Test
    void aHostThatToldOnlyAfterTheRollbackThatItWasPatchedIsPutBackToo() {
        SimulatedAgent silent = world.agent("web-1", "curl");
        silent.vanishesWhenPatched = true;
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> is(Rollout.State.Held.class));
        RolloutId id = world.newest().id();
        world.module.steer().approve(id, "token:alice", Optional.empty());
        world.module.steer().rollBack(id, "token:alice", "Enough.");
        rolledBack();
        silent.vanishesWhenPatched = false;
        silent.online = true;
        world.until(() -> world.of(silent).state() instanceof State.RolledBack);
        assertThat(installed(silent)).containsEntry("curl", "1");
    }

    @Test
    void whatWasRolledBackIsBroughtByNobodyBeforeAPersonReleasesIt() {
        SimulatedAgent first = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.module.steer().rollBack(world.newest().id(), "token:alice", "It leaks memory.");
        rolledBack();
        assertThat(world.module.quarantine().entries())
                .singleElement()
                .satisfies(
                        entry -> {
                            assertThat(entry.patch()).isEqualTo(Samples.patch("curl"));
                            assertThat(entry.by()).isEqualTo("token:alice");
                            assertThat(entry.reason()).contains("It leaks memory.");
                        });
        SimulatedAgent later = world.agent("web-2", "curl");
        world.ticks(60);
        for (SimulatedAgent told : List.of(first, later)) {
            assertThat(told.quarantined())
                    .extracting(QuarantinedVersion::patch, QuarantinedVersion::makeup)
                    .containsExactly(tuple(Samples.patch("curl").toString(), null));
            assertThat(told.quarantined().getFirst().reason()).contains("It leaks memory.");
        }
        assertThat(List.of(first.changes, later.changes)).containsExactly(2, 0);
        assertThatThrownBy(
                        () ->
                                world.module
                                        .start()
                                        .forHosts(
                                                List.of(later.host),
                                                new Selection.Chosen(
                                                        List.of(Samples.patch("curl"))),
                                                "token:bob"))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("bookworm/curl/2 is in quarantine: no host may get it");
        world.module
                .quarantine()
                .release(
                        world.module.quarantine().entries().getFirst().id(),
                        "token:bob",
                        "It was the cache.");
        world.until(() -> "2".equals(later.installed().get("curl")));
        world.clock.pass(Duration.ofHours(2));
        world.until(() -> "2".equals(first.installed().get("curl")));
        assertThat(first.quarantined()).isEmpty();
    }

    @Test
    void anotherRolloutUnderWayStopsWhenWhatItBringsIsRolledBackElsewhere() {
        SimulatedAgent first = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        RolloutId done = world.newest().id();
        world.policy(Autonomy.APPROVE);
        SimulatedAgent second = world.agent("web-2", "curl");
        world.until(() -> world.newest().state() instanceof Rollout.State.AwaitingApproval);
        RolloutId waiting = world.newest().id();
        world.module.steer().rollBack(done, "token:alice", "It leaks memory.");
        world.until(() -> !world.module.rollouts().get(waiting).open());
        assertThat(world.module.rollouts().get(waiting).state())
                .isInstanceOfSatisfying(
                        Rollout.State.Halted.class,
                        halted -> assertThat(halted.reason()).contains("token:alice"));
        world.until(() -> "1".equals(first.installed().get("curl")));
        assertThat(second.changes).isZero();
    }

    @Test
    void aHostThatTookManyAttemptsIsPutBackAsWell() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        pool.database()
                .sql("update rollout.deployments set attempts = :most")
                .param("most", Deployment.MOST_ATTEMPTS)
                .update();
        world.module.steer().rollBack(world.newest().id(), "token:alice", "It is slow.");
        rolledBack();
        assertThat(agent.installed()).containsEntry("curl", "1");
    }

    @Test
    void noEventOfTheMachineMovesWhatAPersonHolds() {
        List<Rollout.Event> machines =
                List.of(
                        new Rollout.Event.Rehearsed(false, "hash"),
                        new Rollout.Event.Announced(Samples.NOW, "hash"),
                        new Rollout.Event.Unopposed(),
                        new Rollout.Event.Finished("done"),
                        new Rollout.Event.WaveSettled(Samples.NOW),
                        new Rollout.Event.Promoted(2),
                        new Rollout.Event.HeldBack("doubt"),
                        new Rollout.Event.Failed("system", "bad"));
        List<Rollout.State> held =
                List.of(
                        new Rollout.State.Paused(new Rollout.State.Running(1), "alice", "lunch"),
                        new Rollout.State.Objected("hash", "alice", "not now"),
                        new Rollout.State.Halted("alice", "no"));
        for (Rollout.State state : held) {
            for (Rollout.Event event : machines) {
                assertThatThrownBy(() -> RolloutLifecycle.next(state, event))
                        .as("%s on %s", state, event)
                        .isInstanceOf(NotNow.class);
            }
        }
    }
}
