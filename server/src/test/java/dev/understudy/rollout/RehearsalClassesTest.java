package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.governance.Proof;
import dev.understudy.governance.Trials;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.Reason;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RehearsalClassesTest extends LoopTest {
    private static final String USUAL = "a".repeat(64);
    private static final String SPECIAL = "b".repeat(64);

    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    RehearsalClassesTest() {
        super(DATABASE);
    }

    @Test
    void oneOfEachClassRehearsesFirstAndEveryOtherBeforeItsOwnTurn() {
        List<SimulatedAgent> usual = hosts("web", 6, USUAL);
        List<SimulatedAgent> special = hosts("special", 2, SPECIAL);
        policy(Autonomy.APPROVE, Trials.Who.PER_CLASS, 0);
        world.until(() -> state() instanceof Rollout.State.AwaitingApproval);
        assertThat(rehearsals(usual)).isEqualTo(1);
        assertThat(rehearsals(special)).isEqualTo(1);

        world.module
                .steer()
                .approve(world.newest().id(), "token:alice", java.util.Optional.empty());
        world.until(() -> changes() > 0);
        assertThat(rehearsals(world.agents)).isEqualTo(2);
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Completed.class);
        for (SimulatedAgent agent : world.agents) {
            assertThat(agent.installed()).containsEntry("curl", "2");
            assertThat(agent.rehearsals).isEqualTo(1);
        }
    }

    @Test
    void aHostThatDoesNotTellItsConfigurationIsLikeNoOther() {
        List<SimulatedAgent> unknown = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            unknown.add(world.agent("old-" + i, "curl"));
        }
        policy(Autonomy.APPROVE, Trials.Who.PER_CLASS, 0);
        world.until(() -> state() instanceof Rollout.State.AwaitingApproval);
        assertThat(rehearsals(unknown)).isEqualTo(3);
    }

    @Test
    void aClassThatFailsBurnsOneRehearsalAndHaltsUnlessPolicySaysOtherwise() {
        hosts("web", 4, USUAL);
        List<SimulatedAgent> special = failing(hosts("special", 3, SPECIAL));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 0);
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(rehearsals(special)).isEqualTo(1);
        assertThat(changes()).isZero();
        assertThat(world.quarantined()).containsExactly("curl");
    }

    @Test
    void aFailedClassIsLeftOutAndTheOthersGoOn() {
        List<SimulatedAgent> usual = hosts("web", 6, USUAL);
        List<SimulatedAgent> special = failing(hosts("special", 3, SPECIAL));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 50);
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Completed.class);
        assertThat(usual).allSatisfy(a -> assertThat(a.installed()).containsEntry("curl", "2"));
        assertThat(special).allSatisfy(a -> assertThat(a.changes).isZero());
        assertThat(rehearsals(special)).isEqualTo(1);
        SimulatedAgent tried = special.stream().filter(a -> a.rehearsals == 1).findFirst().get();
        assertThat(world.of(tried).state()).isInstanceOf(State.FailedInTwin.class);
        assertThat(special)
                .filteredOn(a -> a != tried)
                .hasSize(2)
                .allSatisfy(
                        a ->
                                assertThat(world.of(a).state())
                                        .isInstanceOfSatisfying(
                                                State.Skipped.class,
                                                out -> {
                                                    assertThat(out.why())
                                                            .isEqualTo(Skip.CLASS_FAILED);
                                                    assertThat(out.reason())
                                                            .contains(
                                                                    world.fleet
                                                                            .hosts
                                                                            .get(tried.host)
                                                                            .name(),
                                                                    "A service failed");
                                                }));
        assertThat(world.module.quarantine().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.makeup()).isNotNull());
        assertThat(world.module.quarantine().patches()).isEmpty();

        RehearsalsView view = world.module.rehearsals().get(world.newest().id());
        assertThat(view.sentence())
                .contains("9 hosts of 2 classes: 7 rehearsed, 2 did not have to; 1 class failed");
        assertThat(view.classes())
                .extracting(RehearsalsView.ClassRow::hosts, RehearsalsView.ClassRow::verdict)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(6, RehearsalsView.Verdict.PASSED),
                        org.assertj.core.groups.Tuple.tuple(3, RehearsalsView.Verdict.FAILED));
        assertThat(view.items())
                .filteredOn(item -> !item.own())
                .hasSize(2)
                .allSatisfy(
                        item ->
                                assertThat(item.provenance())
                                        .contains(
                                                "Failed on "
                                                        + world.fleet
                                                                .hosts
                                                                .get(tried.host)
                                                                .name()));

        Rollout first = world.newest();
        world.clock.pass(Duration.ofHours(30));
        world.ticks(50);
        assertThat(world.newest()).isEqualTo(first);
        for (SimulatedAgent agent : special) {
            assertThat(agent.rehearsals).isEqualTo(agent == tried ? 1 : 0);
            assertThat(why(agent).sentence()).contains("A service failed");
            assertThat(why(agent).code())
                    .isIn(Reason.Code.REHEARSAL_FAILED, Reason.Code.QUARANTINED);
        }
    }

    @Test
    void moreFailedClassesThanMayBeLeftOutHaltAndKeepTheVersionFromAll() {
        hosts("web", 2, USUAL);
        failing(hosts("special", 3, SPECIAL));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 50);
        world.until(world::ended);
        assertThat(state())
                .isInstanceOfSatisfying(
                        Rollout.State.Halted.class,
                        halted ->
                                assertThat(halted.reason())
                                        .contains("1 of 2 classes and 3 of 5 hosts", "50 %"));
        assertThat(changes()).isZero();
        assertThat(world.module.quarantine().patches())
                .singleElement()
                .satisfies(patch -> assertThat(patch.source()).isEqualTo("curl"));
    }

    @Test
    void whatPassedNowhereElseHalts() {
        hosts("web", 4, USUAL, "tar");
        failing(hosts("special", 1, SPECIAL));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 50);
        world.until(world::ended);
        assertThat(state())
                .isInstanceOfSatisfying(
                        Rollout.State.Halted.class,
                        halted -> assertThat(halted.reason()).contains("No rehearsal elsewhere"));
        assertThat(changes()).isZero();
        assertThat(world.module.quarantine().patches()).hasSize(1);
    }

    @Test
    void aHostThatFailsAlthoughItsClassPassedHaltsTheRollout() {
        List<SimulatedAgent> usual = hosts("web", 6, USUAL);
        policy(Autonomy.APPROVE, Trials.Who.PER_CLASS, 50);
        world.until(() -> state() instanceof Rollout.State.AwaitingApproval);
        failing(usual.stream().filter(a -> a.rehearsals == 0).toList());
        world.module
                .steer()
                .approve(world.newest().id(), "token:alice", java.util.Optional.empty());
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(changes()).isLessThanOrEqualTo(1);
        assertThat(world.quarantined()).containsExactly("curl");
    }

    @Test
    void ofSeveralPatchesTheCulpritIsKeptFromTheClassOnly() {
        List<SimulatedAgent> usual = hosts("web", 6, USUAL, "curl", "tar");
        List<SimulatedAgent> special = failing(hosts("special", 1, SPECIAL, "curl", "tar"));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 50);
        world.until(
                () ->
                        "2".equals(special.getFirst().installed().get("tar"))
                                && usual.stream().allMatch(a -> a.changes > 0));
        assertThat(special.getFirst().installed()).containsEntry("curl", "1");
        assertThat(usual).allSatisfy(a -> assertThat(a.installed()).containsEntry("curl", "2"));
        assertThat(world.module.quarantine().patches()).isEmpty();
        assertThat(world.quarantined()).containsExactly("curl");
    }

    @Test
    void aPlanThatHasToBeExtendedIsRehearsedOnEveryHost() {
        List<SimulatedAgent> usual = hosts("web", 4, USUAL);
        for (SimulatedAgent agent : usual) {
            agent.alsoNeeded =
                    List.of(
                            new dev.understudy.protocol.PackageChange(
                                    "libcurl4", "amd64", null, "2"));
        }
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 0);
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Completed.class);
        assertThat(usual).allSatisfy(a -> assertThat(a.installed()).containsEntry("curl", "2"));
    }

    @Test
    void theCertificateSpeaksOfThoseWhoTakePart() {
        Proof coarse = new Proof(Proof.Gate.CERTIFIED, 10, 60, 5, 5, 40, 100);
        List<SimulatedAgent> usual = hosts("web", 20, USUAL);
        List<SimulatedAgent> special = failing(hosts("special", 4, SPECIAL));
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 50, coarse);
        world.until(world::ended);
        assertThat(state()).isInstanceOf(Rollout.State.Completed.class);
        RolloutId id = world.newest().id();
        assertThat(world.module.certificates().find(id).orElseThrow().certified()).isTrue();
        List<HostId> drawn =
                world.module.certificates().draws(id).stream().map(Draw::host).toList();
        assertThat(drawn)
                .containsExactlyInAnyOrderElementsOf(usual.stream().map(a -> a.host).toList());
        assertThat(special).allSatisfy(a -> assertThat(a.changes).isZero());
        assertThat(usual).allSatisfy(a -> assertThat(a.installed()).containsEntry("curl", "2"));
    }

    @Test
    void whatPassedInOneGroupSpeaksForTheSameClassInTheNext() {
        hosts("web", 3, USUAL);
        policy(Autonomy.AUTOMATIC, Trials.Who.PER_CLASS, 0);
        world.until(world::ended);
        List<SimulatedAgent> later = hosts("later", 3, USUAL);
        policy(Autonomy.APPROVE, Trials.Who.PER_CLASS, 0);
        world.until(() -> state() instanceof Rollout.State.AwaitingApproval);
        assertThat(rehearsals(later)).isZero();
    }

    private List<SimulatedAgent> hosts(
            String name, int count, String configuration, String... packages) {
        List<SimulatedAgent> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimulatedAgent agent =
                    world.agent(
                            name + "-" + i,
                            packages.length == 0 ? new String[] {"curl"} : packages);
            agent.configuration = configuration;
            hosts.add(agent);
        }
        return hosts;
    }

    private static List<SimulatedAgent> failing(List<SimulatedAgent> hosts) {
        hosts.forEach(agent -> agent.failInTwin.add("curl"));
        return hosts;
    }

    private void policy(Autonomy autonomy, Trials.Who who, double leaveOut) {
        policy(autonomy, who, leaveOut, Proof.USUAL);
    }

    private void policy(Autonomy autonomy, Trials.Who who, double leaveOut, Proof proof) {
        world.policies.put(
                "token:alice",
                new Policy(
                        "web",
                        autonomy,
                        1,
                        Duration.ofSeconds(30),
                        50,
                        RebootPolicy.WHEN_NEEDED,
                        proof,
                        new Trials(who, leaveOut)));
    }

    private Rollout.State state() {
        return world.module.rollouts().newest(1).isEmpty()
                ? new Rollout.State.Rehearsing()
                : world.newest().state();
    }

    private static int rehearsals(List<SimulatedAgent> agents) {
        return agents.stream().mapToInt(agent -> agent.rehearsals).sum();
    }

    private int changes() {
        return world.agents.stream().mapToInt(agent -> agent.changes).sum();
    }

    private Reason why(SimulatedAgent agent) {
        List<HostPatch> patches = world.patches.forHost(agent.host);
        Map<dev.understudy.risk.PatchId, Reason> reasons =
                world.module.reasons().reasons(agent.host, patches);
        return reasons.values().iterator().next();
    }
}
