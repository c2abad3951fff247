package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Deadlines of patches that no rollout brings.
class EscalateUnplannedTest extends DueInThreeDaysTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    EscalateUnplannedTest() {
        super(DATABASE);
    }

    private List<Escalation> look() {
        world.module.escalate().all();
        world.module.escalateUnplanned().all();
        return world.module.escalations().open();
    }

    @Test
    void whatAPersonHasToStartIsToldWhileThereIsTimeAndAgainUntilSomebodyKnows() {
        world.policy(Autonomy.RECOMMEND);
        world.ticks(3);
        assertThat(look()).isEmpty();
        world.clock.pass(Duration.ofHours(60));
        assertThat(look())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.cause()).isEqualTo(Escalation.Cause.UNPLANNED);
                            assertThat(one.rollout()).isNull();
                            assertThat(one.group()).isEqualTo("web");
                            assertThat(one.sentence())
                                    .startsWith("bookworm/curl/2 is due on a host of group web by")
                                    .contains("(CVE-2026-1111), and no rollout brings it.");
                        });
        toldUntilAPersonKnows(Duration.ofMinutes(61), "I start it tonight.", this::look);
        world.ticks(3);
        world.module.start().forGroup("web", new Selection.AllSecurity(), "token:bob");
        assertThat(look()).extracting(Escalation::cause).doesNotContain(Escalation.Cause.UNPLANNED);
    }

    @Test
    void whatIsQuarantinedIsToldWithThatReason() {
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        world.module.steer().rollBack(world.newest().id(), "token:ann", "It leaks memory.");
        world.until(() -> world.newest().state() instanceof Rollout.State.RolledBack);
        world.ticks(5);
        world.clock.pass(Duration.ofHours(60));
        assertThat(look())
                .singleElement()
                .satisfies(
                        one ->
                                assertThat(one.sentence())
                                        .contains(
                                                "no rollout brings it, since it is quarantined."));
        assertThat(agent.installed()).containsEntry("curl", "1");
    }

    @Test
    void aGroupThatIsOnlyObservedIsLeftAlone() {
        world.policy(Autonomy.RECOMMEND);
        world.ticks(3);
        world.clock.pass(Duration.ofHours(60));
        assertThat(look()).hasSize(1);
        world.policy(Autonomy.OBSERVE);
        assertThat(look()).isEmpty();
    }
}
