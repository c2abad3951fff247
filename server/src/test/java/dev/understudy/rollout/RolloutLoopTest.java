package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.Clue;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.PackageChange;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RolloutLoopTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    RolloutLoopTest() {
        super(DATABASE);
    }

    @Test
    void patchesEveryHostOfAnAutomaticGroupInWaves() {
        for (int i = 1; i <= 4; i++) {
            world.agent("web-" + i, "curl", "openssl");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.newest().state()).isEqualTo(new Rollout.State.Completed("4 done."));
        assertThat(world.agents)
                .allSatisfy(
                        agent -> {
                            assertThat(agent.installed())
                                    .isEqualTo(Map.of("curl", "2", "openssl", "2"));
                            assertThat(agent.changes).isEqualTo(1);
                        });
        assertThat(world.module.deployments().of(world.newest().id()))
                .extracting(Deployment::wave)
                .containsExactly(1, 2, 2, 3);
        world.ticks(50);
        assertThat(world.module.rollouts().newest(10)).hasSize(1);
    }

    @Test
    void aPatchThatFailsInTheTwinReachesNoHostAndTheRestGoesOn() {
        for (int i = 1; i <= 3; i++) {
            world.agent("web-" + i, "bad", "curl", "openssl", "zlib").failInTwin.add("bad");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(
                () -> world.ended() && world.newest().state() instanceof Rollout.State.Completed);
        assertThat(world.quarantined()).containsExactly("bad");
        assertThat(world.agents)
                .allSatisfy(
                        agent ->
                                assertThat(agent.installed())
                                        .isEqualTo(
                                                Map.of(
                                                        "bad", "1", "curl", "2", "openssl", "2",
                                                        "zlib", "2")));
        assertThat(world.module.quarantine().entries()).hasSize(1);
    }

    @Test
    void aPatchThatFailsOnTheCanaryReachesOnlyTheCanary() {
        for (int i = 1; i <= 4; i++) {
            world.agent("web-" + i, "bad").failOnHost.add("bad");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.ticks(50);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(world.agents.stream().mapToInt(agent -> agent.changes).sum()).isEqualTo(1);
        assertThat(world.quarantined()).containsExactly("bad");
        assertThat(world.module.rollouts().newest(10)).hasSize(1);
    }

    @Test
    void aFailureOnTheHostAccusesOnlyThePackageBehindWhatFailed() {
        for (int i = 1; i <= 3; i++) {
            SimulatedAgent agent = world.agent("web-" + i, "bad", "curl", "openssl");
            agent.failOnHost.add("bad");
            agent.clues = List.of(new Clue(Clue.Kind.OWNER, "bad", "bad.service is its unit."));
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(
                () -> world.ended() && world.newest().state() instanceof Rollout.State.Completed);
        assertThat(world.module.quarantine().entries())
                .singleElement()
                .satisfies(
                        entry -> {
                            assertThat(entry.patch()).isEqualTo(Samples.patch("bad"));
                            assertThat(entry.suspected()).isTrue();
                            assertThat(entry.reason()).contains("bad.service", "web-");
                        });
        assertThat(world.agents)
                .allSatisfy(
                        agent ->
                                assertThat(agent.installed())
                                        .isEqualTo(
                                                Map.of("bad", "1", "curl", "2", "openssl", "2")));
    }

    @Test
    void aFailureOnTheHostWithoutATraceIsSearchedForOnTheTwinAndStaysASuspicion() {
        for (int i = 1; i <= 3; i++) {
            world.agent("web-" + i, "bad", "curl", "openssl").failOnHost.add("bad");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.ticks(20);
        assertThat(world.quarantined()).isEmpty();
        assertThat(world.module.quarantine().entries())
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.suspected()).isTrue());
        assertThat(world.module.investigations().of(world.newest().id()))
                .singleElement()
                .satisfies(
                        one ->
                                assertThat(one.state())
                                        .isInstanceOf(Investigation.State.Ended.class));
    }

    @Test
    void aFailureThatIsTheHostsOwnAccusesNobodyUntilItHappensToAnotherHost() {
        for (int i = 1; i <= 3; i++) {
            SimulatedAgent agent = world.agent("web-" + i, "curl", "openssl");
            agent.failOnHost.add("curl");
            agent.clues = List.of(new Clue(Clue.Kind.HOST, "", "The disk was full."));
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> world.agents.stream().anyMatch(agent -> agent.changes > 0));
        world.tick();
        Rollout first = world.module.rollouts().newest(10).getLast();
        assertThat(first.state())
                .isInstanceOfSatisfying(
                        Rollout.State.Halted.class,
                        halted -> assertThat(halted.reason()).startsWith("web-"));
        assertThat(world.module.quarantine().entries()).isEmpty();
        assertThat(world.module.diary().after(first.id(), 0, 500))
                .anySatisfy(entry -> assertThat(entry.sentence()).contains("The disk was full."));
        world.ticks(100);
        assertThat(world.agents.stream().filter(agent -> agent.changes > 0)).hasSize(2);
        assertThat(world.module.quarantine().entries())
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.suspected()).isTrue());
    }

    @Test
    void aServiceThatFailsDuringTheSoakHaltsTheRolloutAndTheHostIsPutBack() {
        for (int i = 1; i <= 3; i++) {
            world.agent("web-" + i, "bad").failServiceLater.add("bad");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.ticks(10);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(world.agents)
                .allSatisfy(agent -> assertThat(agent.installed()).isEqualTo(Map.of("bad", "1")));
        assertThat(world.agents.stream().map(agent -> world.of(agent).state()))
                .filteredOn(State.RolledBack.class::isInstance)
                .hasSize(1);
    }

    @Test
    void holdsTheWaveWhenAHostFallsSilentAndGoesOnWhenAPersonAcceptsIt() {
        for (int i = 1; i <= 3; i++) {
            world.agent("web-" + i, "curl").vanishesWhenPatched = true;
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(
                () ->
                        !world.module.rollouts().newest(1).isEmpty()
                                && world.newest().state() instanceof Rollout.State.Held);
        assertThat(world.newest().state().toString()).contains("may or may not be patched");
        world.agents.forEach(agent -> agent.vanishesWhenPatched = false);
        world.module.steer().approve(world.newest().id(), "token:alice", Optional.empty());
        world.until(world::ended);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Completed.class,
                        completed -> assertThat(completed.summary()).contains("2 done"));
    }

    @Test
    void leavesAHostAloneWhoseRehearsalProvesNothing() {
        SimulatedAgent bare = world.agent("web-1", "curl");
        bare.hasTwin = false;
        world.agent("web-2", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.of(bare).state())
                .isEqualTo(new State.Skipped(Skip.INCONCLUSIVE, "This host has no twin."));
        assertThat(bare.changes).isZero();
        assertThat(world.agents.get(1).installed()).isEqualTo(Map.of("curl", "2"));
    }

    @Test
    void extendsAPlanOnceByWhatThePackageManagerNeeds() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        agent.alsoNeeded = List.of(new PackageChange("libnew", "amd64", null, "1.0"));
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(agent.installed()).isEqualTo(Map.of("curl", "2", "libnew", "1.0"));
    }

    @Test
    void aPlanThatNoLongerFitsTheHostIsNoEvidenceAgainstThePatch() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        agent.alsoNeeded = List.of(new PackageChange("curl", "amd64", "1", "3"));
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.of(agent).state())
                .isInstanceOfSatisfying(
                        State.Skipped.class,
                        skipped -> assertThat(skipped.why()).isEqualTo(Skip.INCONCLUSIVE));
        assertThat(world.quarantined()).isEmpty();
    }

    @Test
    void neverRemovesAPackageByItself() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        agent.alsoNeeded = List.of(new PackageChange("apache2", "amd64", "1", null));
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(agent.changes).isZero();
        assertThat(world.of(agent).state())
                .isInstanceOfSatisfying(
                        State.Skipped.class,
                        skipped -> assertThat(skipped.why()).isEqualTo(Skip.REMOVALS));
    }

    @Test
    void rebootsAHostWhoseFixNeedsItAndSeesThatItIsInEffect() {
        SimulatedAgent agent = world.agent("web-1", "linux");
        agent.needReboot.add("linux");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.of(agent).state()).isInstanceOf(State.Done.class);
    }

    @Test
    void waitsForAPersonWhereThePolicySaysSo() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.APPROVE);
        world.until(
                () ->
                        !world.module.rollouts().newest(1).isEmpty()
                                && world.newest().state()
                                        instanceof Rollout.State.AwaitingApproval);
        world.ticks(20);
        assertThat(agent.changes).isZero();
        RolloutId id = world.newest().id();
        assertThatThrownBy(
                        () ->
                                world.module
                                        .steer()
                                        .approve(id, "token:alice", Optional.of("0".repeat(64))))
                .isInstanceOf(NotNow.class);
        world.module.steer().approve(id, "token:alice", Optional.empty());
        world.until(world::ended);
        assertThat(agent.changes).isEqualTo(1);
    }

    @Test
    void startsNothingWhereThePolicyOnlyRecommends() {
        world.agent("web-1", "curl");
        world.policy(Autonomy.RECOMMEND);
        world.ticks(30);
        assertThat(world.module.rollouts().newest(1)).isEmpty();
    }

    @Test
    void aPausedRolloutStaysPausedWhateverTheMachineWants() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        RolloutId id = world.newest().id();
        world.module.steer().pause(id, "token:alice", "lunch");
        world.ticks(50);
        assertThat(agent.changes).isZero();
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Paused.class,
                        paused -> assertThat(paused.by()).isEqualTo("token:alice"));
        world.module.steer().resume(id, "token:alice");
        world.until(world::ended);
        assertThat(agent.changes).isEqualTo(1);
    }

    @Test
    void whileTheFleetIsStoppedNobodyIsPatched() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        world.fleet.stop.stop("token:alice", "fire");
        world.ticks(50);
        assertThat(agent.changes).isZero();
        world.fleet.stop.release("token:alice");
        world.until(world::ended);
        assertThat(agent.changes).isEqualTo(1);
    }

    @Test
    void putsEveryHostBackWhenAPersonSaysSoAndDoesNotPatchItAgain() {
        for (int i = 1; i <= 3; i++) {
            world.agent("web-" + i, "curl");
        }
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.module.steer().rollBack(world.newest().id(), "token:alice", "it is slow");
        world.until(() -> world.newest().state() instanceof Rollout.State.RolledBack);
        world.ticks(50);
        assertThat(world.agents)
                .allSatisfy(agent -> assertThat(agent.installed()).isEqualTo(Map.of("curl", "1")));
        assertThat(world.module.rollouts().newest(10)).hasSize(1);
    }

    @Test
    void aHostThatAPersonPutBackIsNotPatchedAgainByTheMachine() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        String checkpoint = DeploymentLifecycle.checkpoint(world.of(agent));
        world.fleet.orders.issue(
                agent.host, new OrderBody.Restore(checkpoint), Duration.ofMinutes(5));
        world.ticks(50);
        assertThat(agent.installed()).isEqualTo(Map.of("curl", "1"));
        assertThat(world.of(agent).state()).isEqualTo(new State.RolledBack(checkpoint));
        assertThat(world.module.rollouts().newest(10)).hasSize(1);
    }

    @Test
    void aHaltedHostIsLeftAloneByTheMachine() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        world.module.steer().halt(world.newest().id(), "token:alice", "no");
        world.ticks(50);
        assertThat(agent.changes).isZero();
        assertThat(world.module.rollouts().newest(10)).hasSize(1);
    }

    @Test
    void aHostIsInOneRolloutAtATime() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        RolloutId second =
                world.module.start().forGroup("web", new Selection.AllSecurity(), "token:alice");
        assertThat(world.module.deployments().of(second).getFirst().state())
                .isInstanceOfSatisfying(
                        State.Skipped.class,
                        skipped -> assertThat(skipped.why()).isEqualTo(Skip.IN_OTHER_ROLLOUT));
        world.ticks(40);
        assertThat(agent.changes).isEqualTo(1);
    }

    @Test
    void aHostThatWasNotSeenForLongIsNotPlannedFor() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        world.tick();
        agent.online = false;
        world.clock.pass(Duration.ofHours(1));
        world.policy(Autonomy.AUTOMATIC);
        world.ticks(20);
        assertThat(world.module.rollouts().newest(1)).isEmpty();
    }
}
