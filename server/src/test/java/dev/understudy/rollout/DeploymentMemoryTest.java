package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.rollout.Deployment.State;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is remembered of a rollout's hosts is what the database has, whoever changed it.
class DeploymentMemoryTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private RolloutId rollout;
    private Deployments mine;
    private Deployments others;

    DeploymentMemoryTest() {
        super(DATABASE);
    }

    @BeforeEach
    void rollout() {
        for (int i = 0; i < 4; i++) {
            world.agent("web-" + i, "curl");
        }
        world.policy(Autonomy.APPROVE);
        world.until(
                () ->
                        !world.module.rollouts().newest(1).isEmpty()
                                && world.newest().state()
                                        instanceof Rollout.State.AwaitingApproval);
        rollout = world.newest().id();
        mine = new Deployments(pool.database());
        others = new Deployments(pool.database());
    }

    @Test
    void whatAnotherReplicaChangesIsSeen() {
        List<Deployment> before = mine.of(rollout);
        assertThat(before).hasSize(4);
        assertThat(mine.of(rollout)).isSameAs(before);
        Deployment changed = skipped(before.get(2), "left out");
        others.save(changed);
        assertThat(mine.of(rollout)).contains(changed).hasSize(4);
        assertThat(mine.of(rollout)).isEqualTo(new Deployments(pool.database()).of(rollout));
    }

    @Test
    void theOrderFollowsWavesAndUrgency() {
        List<Deployment> before = mine.of(rollout);
        Deployment last = before.getLast();
        others.save(
                new Deployment(
                        rollout, last.host(), last.plan(), 1, 1, last.since(), last.state()));
        assertThat(mine.of(rollout)).isEqualTo(new Deployments(pool.database()).of(rollout));
        others.urgency(
                rollout, java.util.Map.of(before.get(2).host(), 5.0, before.get(1).host(), 9.0));
        List<Deployment> now = mine.of(rollout);
        assertThat(now).isEqualTo(new Deployments(pool.database()).of(rollout));
        assertThat(now.stream().map(Deployment::host).toList()).isNotEqualTo(hosts(before));
    }

    @Test
    void whatWasNotCommittedIsNotRemembered() {
        Deployment first = mine.of(rollout).getFirst();
        assertThatThrownBy(
                        () ->
                                pool.database()
                                        .inTransaction(
                                                () -> {
                                                    mine.save(skipped(first, "one"));
                                                    assertThat(mine.of(rollout))
                                                            .contains(skipped(first, "one"));
                                                    mine.save(skipped(first, "two"));
                                                    assertThat(mine.of(rollout))
                                                            .contains(skipped(first, "two"));
                                                    throw new IllegalStateException("cut off");
                                                }))
                .hasMessage("cut off");
        assertThat(mine.of(rollout)).contains(first);
    }

    @Test
    void aDatabaseThatWasPutBackIsReadAnew() {
        Deployment first = mine.of(rollout).getFirst();
        others.save(skipped(first, "later undone"));
        assertThat(mine.of(rollout)).contains(skipped(first, "later undone"));
        pool.database()
                .inTransaction(
                        () -> {
                            pool.database()
                                    .sql(
                                            "alter table rollout.deployments disable trigger deployments_are_revised")
                                    .update();
                            others.save(first);
                            pool.database()
                                    .sql(
                                            "update rollout.deployments set revision = 1 where rollout = :id and host = :host")
                                    .param("id", rollout.value())
                                    .param("host", first.host().value())
                                    .update();
                            pool.database()
                                    .sql(
                                            "alter table rollout.deployments enable trigger deployments_are_revised")
                                    .update();
                        });
        assertThat(mine.of(rollout)).contains(first);
    }

    private static List<dev.understudy.protocol.HostId> hosts(List<Deployment> deployments) {
        return deployments.stream().map(Deployment::host).toList();
    }

    private static Deployment skipped(Deployment d, String why) {
        return d.with(new State.Skipped(Deployment.Skip.WITHDRAWN, why));
    }
}
