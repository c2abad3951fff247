package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Proof;
import dev.understudy.platform.TestDatabase;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CertifiedLoopTest extends ProvenLoopTest {
    private static final int HOSTS = 20;

    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    CertifiedLoopTest() {
        super(DATABASE);
    }

    @Test
    void aHarmlessPatchIsAcceptedAndItsDecisionsCanBeMadeAgain() {
        fleet(COARSE, Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
        assertThat(certificate().certified()).isTrue();
        assertThat(certificate().sentence()).contains("60 % of hosts", "40 % of them", "5 %");
        assertThat(decided()).anySatisfy(d -> assertThat(d.step()).isEqualTo(new Step.Accept()));
        assertThat(Course.replay(certificate().plans(), entries())).isEqualTo(decided());
        assertThat(patchedBeforeAcceptance()).isLessThanOrEqualTo(HOSTS * 40 / 100);
    }

    @Test
    void aSingleFailureIsPutBackAndDoesNotHaltWhatIsCertified() {
        fleet(COARSE, Autonomy.AUTOMATIC);
        world.until(() -> !entries().isEmpty());
        SimulatedAgent victim = sampledInWave(1);
        victim.failOnHost.add("curl");
        Rollout rollout = world.newest();
        world.until(() -> !world.module.rollouts().get(rollout.id()).open());
        assertThat(world.module.rollouts().get(rollout.id()).state())
                .isInstanceOf(Rollout.State.Completed.class);
        assertThat(deployment(rollout, victim).state()).isInstanceOf(State.Restored.class);
        assertThat(victim.installed()).containsEntry("curl", "1");
        assertThat(judged(rollout))
                .filteredOn(entry -> entry.outcome() == Entry.Outcome.FAILED)
                .singleElement()
                .satisfies(entry -> assertThat(entry.host()).isEqualTo(victim.host));
        assertThat(world.agents.stream().filter(a -> "2".equals(a.installed().get("curl"))))
                .hasSize(HOSTS - 1);
    }

    @Test
    void aHarmfulPatchIsHaltedWithinTheLimit() {
        fleet(COARSE, Autonomy.AUTOMATIC);
        for (int i = 0; i < HOSTS; i++) {
            if (i % 10 != 0) {
                world.agents.get(i).failOnHost.add("curl");
            }
        }
        world.until(world::ended);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Halted.class,
                        halted -> assertThat(halted.reason()).contains("failed", "web-"));
        assertThat(world.agents.stream().mapToInt(agent -> agent.changes).sum())
                .isLessThanOrEqualTo(HOSTS * 40 / 100);
        assertThat(decided())
                .last()
                .satisfies(d -> assertThat(d.step()).isEqualTo(new Step.Halt()));
        assertThat(Course.replay(certificate().plans(), entries())).isEqualTo(decided());
    }

    @Test
    void whereTheTestCannotDecideAPersonIsAskedAndTheirWordIsOnTheRecord() {
        // Everything that may be exposed is one sample, and one failure in it settles nothing.
        fleet(new Proof(Proof.Gate.CERTIFIED, 5, 50, 5, 1, 30, 100), Autonomy.AUTOMATIC);
        world.until(() -> !entries().isEmpty());
        sampledInWave(1).failOnHost.add("curl");
        world.until(
                () ->
                        world.newest().state() instanceof Rollout.State.Held held
                                && held.reason().contains("person"));
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Held.class,
                        held -> assertThat(held.reason()).contains("cannot decide", "person"));
        world.ticks(50);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Held.class);
        RolloutId id = world.newest().id();
        world.module.steer().approve(id, "token:alice", Optional.empty());
        world.until(() -> !world.module.rollouts().get(id).open());
        assertThat(world.module.rollouts().get(id).state())
                .isInstanceOf(Rollout.State.Completed.class);
        assertThat(world.module.certificates().entries(id))
                .contains(new Entry.PersonAccepted(0, 1, "token:alice"));
    }

    @Test
    void tooSmallAFleetSaysSoAndEveryHostMustPass() {
        fleet(Proof.USUAL, Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(certificate().certified()).isFalse();
        assertThat(certificate().sentence())
                .contains("Not certifiable", "What would make it so", "every host must pass");
        assertThat(world.module.diary().after(world.newest().id(), 0, 10))
                .anySatisfy(entry -> assertThat(entry.sentence()).startsWith("Not certifiable"));
    }

    @Test
    void wherePolicyWantsACertificateAPersonHasToApproveWithoutOne() {
        fleet(Proof.USUAL.by(Proof.Gate.CERTIFIED_ONLY), Autonomy.AUTOMATIC);
        world.until(() -> world.newest().state() instanceof Rollout.State.AwaitingApproval);
        world.ticks(20);
        assertThat(world.agents.stream().mapToInt(agent -> agent.changes).sum()).isZero();
        world.module.steer().approve(world.newest().id(), "token:alice", Optional.empty());
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
    }

    private void fleet(Proof proof, Autonomy autonomy) {
        fleet(proof, autonomy, Duration.ofSeconds(30), HOSTS);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
    }

    private Certificate certificate() {
        return world.module.certificates().find(world.newest().id()).orElseThrow();
    }

    private List<Entry.Decided> decided() {
        return entries().stream()
                .filter(Entry.Decided.class::isInstance)
                .map(Entry.Decided.class::cast)
                .toList();
    }

    private List<Entry.Judged> judged(Rollout rollout) {
        return world.module.certificates().entries(rollout.id()).stream()
                .filter(Entry.Judged.class::isInstance)
                .map(Entry.Judged.class::cast)
                .toList();
    }

    private int patchedBeforeAcceptance() {
        int hosts = 0;
        for (Entry entry : entries()) {
            if (entry instanceof Entry.WaveBegan(_, _, int more)) {
                hosts += more;
            } else if (entry instanceof Entry.Decided d && d.step() instanceof Step.Accept) {
                return hosts;
            }
        }
        throw new AssertionError("never accepted: " + entries());
    }

    private SimulatedAgent sampledInWave(int wave) {
        Draw draw =
                world.module.certificates().draws(world.newest().id()).stream()
                        .filter(each -> each.role() == Draw.Role.SAMPLE)
                        .filter(
                                each ->
                                        world.module
                                                        .deployments()
                                                        .find(world.newest().id(), each.host())
                                                        .orElseThrow()
                                                        .wave()
                                                == wave)
                        .findFirst()
                        .orElseThrow();
        return world.agents.stream()
                .filter(agent -> agent.host.equals(draw.host()))
                .findFirst()
                .orElseThrow();
    }

    private Deployment deployment(Rollout rollout, SimulatedAgent agent) {
        return world.module.deployments().find(rollout.id(), agent.host).orElseThrow();
    }
}
