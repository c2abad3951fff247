package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.RolloutViews.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DecideHostTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final String ALICE = "token:alice";
    private Pooled pool;
    private World world;
    private RolloutViews views;
    private SimulatedAgent bare;
    private SimulatedAgent other;

    @BeforeEach
    void aRolloutThatLeftOutAHostWithoutATwin() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        Emptied.all(database);
        world = new World(database);
        views =
                new RolloutViews(
                        database,
                        world.module.rollouts(),
                        world.module.deployments(),
                        world.module.investigations(),
                        world.fleet.hosts,
                        world.fleet.maintenance,
                        world.module.work(),
                        world.module.diary(),
                        world.module.certificates(),
                        world.module.consents(),
                        world.fleet.stop,
                        world.clock);
        bare = world.agent("web-1", "curl");
        bare.hasTwin = false;
        other = world.agent("web-2", "curl");
        world.policy(Autonomy.AUTOMATIC);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void patchesAHostWithoutAPassedRehearsalOnAPersonsWordAndLast() {
        world.until(() -> started() && world.newest().state() instanceof Rollout.State.Running);
        assertThat(member(bare).choices())
                .containsExactly(Choice.ACCEPT, Choice.RETRY, Choice.SKIP);
        world.module
                .decide()
                .accept(id(), bare.host, member(bare).planDigest(), ALICE, "seen by hand");
        assertThat(world.of(bare).wave()).isEqualTo(2);
        assertThat(world.of(other).wave()).isEqualTo(1);
        world.until(world::ended);
        assertThat(bare.installed()).isEqualTo(Map.of("curl", "2"));
        assertThat(bare.accepted)
                .isEqualTo(new Acceptance(member(bare).planDigest(), ALICE, "seen by hand"));
        assertThat(other.accepted).isNull();
    }

    @Test
    void takesUpACompletedRolloutForTheHost() {
        world.until(world::ended);
        accept();
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Running.class);
        world.until(world::ended);
        assertThat(world.newest().state()).isEqualTo(new Rollout.State.Completed("2 done."));
        assertThat(bare.installed()).isEqualTo(Map.of("curl", "2"));
        assertThat(other.changes).isEqualTo(1);
    }

    @Test
    void anAcceptanceHoldsForThePlanThatWasSeenOnly() {
        world.until(world::ended);
        assertThatThrownBy(
                        () ->
                                world.module
                                        .decide()
                                        .accept(id(), bare.host, "0".repeat(64), ALICE, "why not"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("web-1")
                .hasMessageContaining(member(bare).planDigest());
        assertThat(bare.changes).isZero();
    }

    @Test
    void onlyAnInconclusiveRehearsalCanBeAccepted() {
        world.until(world::ended);
        assertThatThrownBy(
                        () ->
                                world.module
                                        .decide()
                                        .accept(
                                                id(),
                                                other.host,
                                                member(other).planDigest(),
                                                ALICE,
                                                "again"))
                .isInstanceOf(NotNow.class)
                .hasMessageContaining("web-2 is 'done'");
        assertThatThrownBy(
                        () ->
                                world.module
                                        .decide()
                                        .accept(
                                                id(),
                                                bare.host,
                                                member(bare).planDigest(),
                                                ALICE,
                                                " "))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("reason");
    }

    @Test
    void theOwnersNoEndsIt() {
        bare.allowsUnrehearsed = false;
        world.until(world::ended);
        accept();
        world.until(world::ended);
        assertThat(world.of(bare).state())
                .isInstanceOfSatisfying(
                        State.Skipped.class,
                        skipped -> {
                            assertThat(skipped.why()).isEqualTo(Skip.REFUSED);
                            assertThat(skipped.reason()).contains("allowUnrehearsed");
                        });
        assertThat(bare.changes).isZero();
    }

    @Test
    void aRepeatedRehearsalThatPassesLeadsToThePatch() {
        world.until(world::ended);
        bare.hasTwin = true;
        world.module.decide().retry(id(), bare.host, ALICE, "overlayfs is there now");
        world.until(world::ended);
        assertThat(bare.installed()).isEqualTo(Map.of("curl", "2"));
        assertThat(bare.accepted).isNull();
    }

    @Test
    void aRepeatedRehearsalThatProvesNothingChangesNothing() {
        world.until(world::ended);
        world.module.decide().retry(id(), bare.host, ALICE, "perhaps now");
        world.until(world::ended);
        assertThat(world.of(bare).state())
                .isEqualTo(new State.Skipped(Skip.INCONCLUSIVE, "This host has no twin."));
        assertThat(world.newest().state())
                .isEqualTo(new Rollout.State.Completed("1 done, 1 skipped."));
    }

    private void leaveOutTheOther() {
        world.policy(Autonomy.APPROVE);
        world.until(
                () ->
                        started()
                                && world.newest().state()
                                        instanceof Rollout.State.AwaitingApproval);
        world.module.decide().skip(id(), other.host, ALICE, "it is being moved");
        world.module.steer().approve(id(), ALICE, Optional.empty());
        world.until(world::ended);
    }

    @Test
    void aHostThatAPersonLeavesOutIsNotPatched() {
        leaveOutTheOther();
        assertThat(world.of(other).state())
                .isEqualTo(
                        new State.Skipped(
                                Skip.WITHDRAWN,
                                "Left out by token:alice: it is being moved",
                                ALICE));
        assertThat(other.changes).isZero();
    }

    @Test
    void whatAPersonLeavesOutTheMachineDoesNotBringInItsNextRollout() {
        leaveOutTheOther();
        RolloutId first = id();
        world.policy(Autonomy.AUTOMATIC);
        bare.hasTwin = true;
        world.clock.pass(Duration.ofHours(2));
        world.until(() -> "2".equals(bare.installed().get("curl")));
        world.until(world::ended);
        world.ticks(60);
        assertThat(other.changes).isZero();
        assertThat(world.module.deployments().ofHost(other.host, 10))
                .extracting(Deployment::rollout)
                .containsExactly(first);

        world.module
                .start()
                .forHosts(
                        List.of(other.host),
                        new Selection.Chosen(List.of(Samples.patch("curl"))),
                        "token:bob");
        world.until(() -> "2".equals(other.installed().get("curl")));
    }

    @Test
    void aQuarantinedPatchCannotBeAccepted() {
        world.until(world::ended);
        RolloutId rollout = id();
        pool.database()
                .inTransaction(
                        () ->
                                world.module
                                        .quarantine()
                                        .impose(
                                                Samples.patch("curl"),
                                                "It is bad.",
                                                ALICE,
                                                rollout));
        assertThatThrownBy(this::accept)
                .isInstanceOf(Problem.class)
                .hasMessageContaining("bookworm/curl/2")
                .hasMessageContaining("It is bad.");
    }

    @Test
    void aHaltedRolloutTakesNoHost() {
        world.until(this::started);
        world.ticks(2);
        world.module.steer().halt(id(), ALICE, "enough");
        assertThat(views.get(id()).members())
                .allSatisfy(member -> assertThat(member.choices()).isEmpty());
        assertThatThrownBy(this::accept).isInstanceOf(NotNow.class);
    }

    private boolean started() {
        return !world.module.rollouts().newest(1).isEmpty();
    }

    private void accept() {
        world.module
                .decide()
                .accept(id(), bare.host, member(bare).planDigest(), ALICE, "seen by hand");
    }

    private RolloutId id() {
        return world.newest().id();
    }

    private RolloutViews.Member member(SimulatedAgent agent) {
        List<RolloutViews.Member> members = views.get(id()).members();
        return members.stream()
                .filter(one -> one.host().equals(agent.host))
                .findFirst()
                .orElseThrow();
    }
}
