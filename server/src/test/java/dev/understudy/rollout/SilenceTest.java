package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.TestDatabase;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Hosts that are not heard of any more after their patch.
class SilenceTest extends ProvenLoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    SilenceTest() {
        super(DATABASE);
    }

    @Test
    void aHostThatVanishedAfterItsPatchCountsAsFailedAndSoItIsLearnt() {
        fleet(COARSE, 20);
        world.until(() -> soaking(1));
        SimulatedAgent gone = inWave(1).getFirst();
        gone.online = false;
        world.until(() -> !judged(Outcome.FAILED).isEmpty());
        assertThat(judged(Outcome.FAILED))
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.host()).isEqualTo(gone.host);
                            assertThat(one.why()).contains("Nothing was heard of it");
                        });
        assertThat(judged(Outcome.GOOD)).noneMatch(one -> one.host().equals(gone.host));
        assertThat(contrasts(Entry.SILENCE)).isNotEmpty();
        world.ticks(3);
        assertThat(learnt(gone)).isEqualTo(1);
        assertThat(replays()).isTrue();
    }

    @Test
    void whileUnpatchedHostsAreSilentAsWellSilentHostsAreWaitedFor() {
        fleet(COARSE, 20);
        world.until(() -> soaking(1));
        world.agents.forEach(agent -> agent.online = false);
        world.clock.pass(Duration.ofHours(1));
        world.until(
                () ->
                        world.newest().state() instanceof Rollout.State.Held held
                                && held.reason().contains("silent hosts are waited for"));
        world.clock.pass(Duration.ofHours(5));
        world.ticks(3);
        assertThat(judged(Outcome.FAILED)).isEmpty();
        assertThat(judged(Outcome.GOOD)).isEmpty();
        world.agents.forEach(agent -> agent.online = true);
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
        assertThat(judged(Outcome.FAILED)).isEmpty();
        assertThat(replays()).isTrue();
    }

    @Test
    void whoStaysSilentWhenTheOthersAreBackCountsAsFailed() {
        fleet(COARSE, 20);
        world.until(() -> soaking(1));
        List<SimulatedAgent> patched = inWave(1);
        world.agents.forEach(agent -> agent.online = false);
        world.clock.pass(Duration.ofHours(1));
        world.until(() -> world.newest().state() instanceof Rollout.State.Held);
        world.agents.stream()
                .filter(agent -> !patched.contains(agent))
                .forEach(agent -> agent.online = true);
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(judged(Outcome.FAILED)).hasSameSizeAs(patched);
        assertThat(judged(Outcome.GOOD)).isEmpty();
    }

    @Test
    void hostsThatProvedGoodAndFallSilentLaterCountAsFailedLater() {
        fleet(COARSE, 20);
        world.until(() -> soaking(1));
        List<SimulatedAgent> first = inWave(1);
        world.until(() -> soaking(2));
        first.forEach(agent -> agent.online = false);
        world.until(() -> !judged(Outcome.FAILED_LATER).isEmpty());
        assertThat(judged(Outcome.FAILED_LATER)).hasSameSizeAs(first);
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(replays()).isTrue();
    }

    @Test
    void whereEveryHostMustPassAVanishedCanaryHoldsTheNextWave() {
        fleet(STRICT, 6);
        world.until(() -> soaking(1));
        SimulatedAgent canary = inWave(1).getFirst();
        world.until(() -> soaking(2));
        canary.online = false;
        world.until(() -> world.newest().state() instanceof Rollout.State.Held);
        world.ticks(400);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Held.class,
                        held -> assertThat(held.reason()).contains("fell silent since"));
        canary.online = true;
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
    }

    @Test
    void whereEveryHostMustPassWhoStaysSilentHoldsTheWaveAndIsLearntAsFailed() {
        fleet(STRICT, 6);
        world.until(() -> soaking(1));
        SimulatedAgent canary = inWave(1).getFirst();
        canary.online = false;
        world.until(() -> !judged(Outcome.FAILED).isEmpty());
        world.ticks(10);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Held.class,
                        held -> assertThat(held.reason()).contains("was not heard of"));
        assertThat(judged(Outcome.FAILED)).hasSize(1);
        assertThat(learnt(canary)).isEqualTo(1);
    }

    private boolean soaking(int wave) {
        return !world.module.rollouts().newest(1).isEmpty()
                && world.newest().state() instanceof Rollout.State.Soaking(int now, _)
                && now == wave;
    }

    private List<SimulatedAgent> inWave(int wave) {
        return world.agents.stream().filter(agent -> world.of(agent).wave() == wave).toList();
    }

    private List<Entry> contrasts(String symptom) {
        return entries().stream()
                .filter(Entry.Contrasted.class::isInstance)
                .filter(e -> ((Entry.Contrasted) e).contrast().symptom().equals(symptom))
                .toList();
    }

    private boolean replays() {
        return Course.replays(
                world.module.certificates().find(world.newest().id()).orElseThrow().plans(),
                entries());
    }

    /// How many failures of the host were learnt, net.
    private double learnt(SimulatedAgent agent) {
        return pool.database()
                .sql("select coalesce(sum(failures), 0) from learning.outcomes where host = :host")
                .param("host", agent.host.value())
                .query(Double.class)
                .single();
    }
}
