package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Freeze;
import dev.understudy.fleet.OrderState;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Orders that no host was given yet when a person held what they belong to.
class HeldOrdersTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    HeldOrdersTest() {
        super(DATABASE);
    }

    /// A host that is offline when its order comes.
    private SimulatedAgent awaited() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> is(agent, State.Applying.class));
        agent.online = false;
        return agent;
    }

    private boolean is(SimulatedAgent agent, Class<? extends State> state) {
        return world.module.deployments().ofHost(agent.host, 1).stream()
                .anyMatch(d -> state.isInstance(d.state()));
    }

    private void comesBackAndIsLeftAlone(SimulatedAgent agent) {
        world.ticks(3);
        assertThat(world.of(agent).state()).isInstanceOf(State.Rehearsed.class);
        assertThat(world.of(agent).attempts()).as("only its rehearsal").isEqualTo(1);
        agent.online = true;
        world.ticks(150);
        assertThat(agent.changes).isZero();
        assertThat(world.of(agent).state()).isInstanceOf(State.Rehearsed.class);
    }

    private void isPatchedInTheEnd(SimulatedAgent agent) {
        world.until(world::ended);
        assertThat(agent.changes).isEqualTo(1);
        assertThat(world.of(agent).state()).isInstanceOf(State.Done.class);
    }

    @Test
    void aHostThatComesBackIsNotChangedWhileItsRolloutIsPaused() {
        SimulatedAgent agent = awaited();
        RolloutId id = world.newest().id();
        world.module.steer().pause(id, "token:alice", "lunch");
        comesBackAndIsLeftAlone(agent);
        world.module.steer().resume(id, "token:alice");
        isPatchedInTheEnd(agent);
    }

    /// Its order does not run out meanwhile either, so nobody wonders what became of the host.
    @Test
    void aHostThatWasToBeChangedWhenTheFleetWasStoppedIsChangedAfterTheRelease() {
        SimulatedAgent agent = awaited();
        world.fleet.stop.stop("token:alice", "fire");
        comesBackAndIsLeftAlone(agent);
        world.fleet.stop.release("token:alice");
        isPatchedInTheEnd(agent);
    }

    @Test
    void aFreezeReachesHostsThatWereOrderedToChangeJustBefore() {
        SimulatedAgent agent = awaited();
        Freeze freeze =
                world.fleet.maintenance.freeze(
                        "token:ann",
                        "web",
                        world.clock.instant(),
                        world.clock.instant().plus(Duration.ofDays(1)),
                        "A launch.");
        comesBackAndIsLeftAlone(agent);
        world.fleet.maintenance.thaw("token:ann", freeze.id());
        isPatchedInTheEnd(agent);
    }

    @Test
    void aHaltedRolloutRebootsNobodyAnyMore() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        agent.needReboot.add("curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> is(agent, State.Verifying.class));
        agent.online = false;
        world.module.steer().halt(world.newest().id(), "token:alice", "no");
        world.ticks(3);
        agent.online = true;
        world.ticks(20);
        assertThat(world.of(agent).state())
                .isInstanceOfSatisfying(
                        State.NotInEffect.class, waits -> assertThat(waits.rebootHelps()).isTrue());
        assertThat(world.fleet.orders.of(agent.host, 50))
                .filteredOn(order -> order.body() instanceof OrderBody.Reboot)
                .singleElement()
                .satisfies(order -> assertThat(order.state()).isEqualTo(OrderState.CANCELLED));
    }
}
