package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A rollout begins with all hosts that a patch concerns, whichever of them heard of it first.
class LaggardsTest extends LoopTest {
    private static final Instant EARLIER = Instant.parse("2026-11-23T11:00:00Z");
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    LaggardsTest() {
        super(DATABASE);
    }

    private SimulatedAgent[] oneHeardAndTheOthersDidNot() {
        SimulatedAgent[] agents = new SimulatedAgent[4];
        for (int i = 0; i < agents.length; i++) {
            agents[i] = world.agent("web-" + i, "curl");
            agents[i].settle("curl");
            agents[i].publishUnheard("curl", "2");
        }
        agents[0].fetchLists(EARLIER.plusSeconds(600));
        return agents;
    }

    @Test
    void hostsWithOlderListsFetchThemBeforeTheRolloutIsMade() {
        SimulatedAgent[] agents = oneHeardAndTheOthersDidNot();
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.module.rollouts().newest(5)).hasSize(1);
        assertThat(world.module.deployments().of(world.newest().id())).hasSize(4);
        assertThat(agents)
                .allSatisfy(agent -> assertThat(agent.installed()).isEqualTo(Map.of("curl", "2")));
    }

    @Test
    void aHostThatDoesNotAnswerIsNotWaitedForLong() {
        SimulatedAgent[] agents = oneHeardAndTheOthersDidNot();
        agents[3].fetches = false;
        Instant began = world.clock.instant();
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> "2".equals(agents[0].installed().get("curl")));
        assertThat(Duration.between(began, world.clock.instant()))
                .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(30));
        assertThat(world.module.deployments().of(world.module.rollouts().newest(5).getLast().id()))
                .hasSize(3);
    }

    @Test
    void aHostWhoseListsCouldNotBeFetchedIsNotWaitedForAtAll() {
        SimulatedAgent[] agents = oneHeardAndTheOthersDidNot();
        agents[3].mirrorDown = true;
        Instant began = world.clock.instant();
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> "2".equals(agents[0].installed().get("curl")));
        assertThat(Duration.between(began, world.clock.instant()))
                .isLessThan(Duration.ofMinutes(15));
    }

    @Test
    void hostsWithoutThePackageAreLeftAlone() {
        SimulatedAgent other = world.agent("web-9", "vim");
        other.settle("vim");
        SimulatedAgent[] agents = oneHeardAndTheOthersDidNot();
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.fleet.orders.of(other.host, 10)).isEmpty();
        assertThat(world.fleet.orders.of(agents[1].host, 10)).isNotEmpty();
    }
}
