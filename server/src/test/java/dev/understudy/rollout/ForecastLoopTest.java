package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.governance.Autonomy;
import dev.understudy.learning.Calibration;
import dev.understudy.learning.ForecastView;
import dev.understudy.platform.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is expected of rollouts, and what is learned of them, in the whole loop.
class ForecastLoopTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    ForecastLoopTest() {
        super(DATABASE);
    }

    private void fleet(int hosts) {
        for (int i = 0; i < hosts; i++) {
            world.agent("web-" + i, "curl");
        }
        world.policy(Autonomy.AUTOMATIC);
    }

    private ForecastView forecast(RolloutId id) {
        return world.learning.forecasts().get(id);
    }

    @Test
    void isMadeBeforeAnyHostIsTouchedAndCanBeMadeAgain() {
        fleet(6);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        RolloutId id = world.newest().id();
        assertThat(world.agents).allSatisfy(agent -> assertThat(agent.changes).isZero());
        ForecastView forecast = forecast(id);
        assertThat(forecast.hosts()).isBetween(1, 6);
        assertThat(forecast.any()).isBetween(0.001, 0.3);
        assertThat(forecast.replays()).isTrue();
        assertThat(forecast.recounts()).isTrue();
        assertThat(forecast.parts())
                .singleElement()
                .satisfies(part -> assertThat(part.bad()).isCloseTo(0.03, within(1e-12)));
        assertThat(world.module.diary().after(id, 0, 100))
                .filteredOn(entry -> entry.what().equals("Forecast"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.sentence()).isEqualTo(forecast.sentence()));
    }

    @Test
    void isTheSameWhenMoreIsKnownAndTheNextOneIsNot() {
        fleet(6);
        world.until(world::ended);
        RolloutId first = world.newest().id();
        ForecastView before = forecast(first);
        world.ticks(200);
        for (SimulatedAgent agent : world.agents) {
            agent.publish("curl", "3");
        }
        world.until(() -> !world.newest().id().equals(first) && world.ended());
        ForecastView again = forecast(first);
        assertThat(again).isEqualTo(before);
        assertThat(again.recounts()).isTrue();
        ForecastView next = forecast(world.newest().id());
        assertThat(next.replays()).isTrue();
        assertThat(next.recounts()).isTrue();
        assertThat(next.parts().getFirst().bad()).isLessThan(0.03);
        assertThat(next.parts().getFirst().ofPackage()).isEqualTo(1.0);
    }

    @Test
    void aRecordThatWasChangedDoesNotComeOutTheSame() {
        fleet(3);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        RolloutId id = world.newest().id();
        pool.database()
                .sql(
                        """
                        update learning.forecasts
                        set record = jsonb_set(record, '{inputs,parts,0,known,version}',
                                               '{"all": 90, "bad": 45}')
                        """)
                .update();
        assertThat(forecast(id).replays()).isFalse();
        assertThat(forecast(id).recounts()).isFalse();
    }

    @Test
    void aFailureIsLearnedAndTheForecastScored() {
        fleet(4);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        world.agents.forEach(agent -> agent.failOnHost.add("curl"));
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        world.ticks(200);
        Calibration.Table table = world.learning.calibration().table(100);
        assertThat(table.rollouts()).isPositive();
        assertThat(table.brier()).isGreaterThan(0.5);
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void hostsOfWhichNothingIsKnownAreNoOutcome() {
        fleet(3);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        RolloutId id = world.newest().id();
        world.module.steer().halt(id, "token:alice", "not now");
        world.ticks(200);
        assertThat(trials()).isZero();
        assertThat(world.learning.calibration().table(100).rollouts()).isZero();
    }

    private double failures() {
        return pool.database()
                .sql("select coalesce(sum(failures), 0) from learning.tallies")
                .query(Double.class)
                .single();
    }

    private long trials() {
        return pool.database()
                .sql("select coalesce(sum(trials), 0) from learning.tallies")
                .query(Long.class)
                .single();
    }
}
