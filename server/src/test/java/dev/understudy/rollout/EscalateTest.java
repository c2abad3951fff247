package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.Maintenance;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.rollout.Rollout.State;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Deadlines that are missed unless somebody acts.
class EscalateTest extends DueInThreeDaysTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    EscalateTest() {
        super(DATABASE);
    }

    private List<Escalation> look() {
        world.module.escalate().all();
        return world.module.escalations().open();
    }

    private boolean is(Class<? extends State> state) {
        return !world.module.rollouts().newest(1).isEmpty()
                && state.isInstance(world.newest().state());
    }

    @Test
    void whatWaitsForApprovalIsToldEveryHourUntilAPersonKnows() {
        world.policy(Autonomy.APPROVE);
        world.until(() -> is(State.AwaitingApproval.class));
        assertThat(look()).isEmpty();
        world.clock.pass(Duration.ofHours(60));
        assertThat(look())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.cause()).isEqualTo(Escalation.Cause.APPROVAL);
                            assertThat(one.sentence())
                                    .contains(
                                            "bookworm/curl/2 is due on web-1 by",
                                            "(CVE-2026-1111), and it waits for approval",
                                            "It has to go on by");
                        });
        world.clock.pass(Duration.ofMinutes(30));
        look();
        assertThat(told()).containsExactly("1");
        Escalation again =
                toldUntilAPersonKnows(Duration.ofMinutes(31), "I ask the owner.", this::look);
        assertThat(is(State.AwaitingApproval.class)).isTrue();
        assertThat(agent.changes).isZero();
        assertThatThrownBy(
                        () ->
                                world.module
                                        .escalations()
                                        .acknowledge(again.id(), "token:eve", "Me too."))
                .isInstanceOf(Problem.class);
        world.module.steer().approve(world.newest().id(), "token:ann", Optional.empty());
        world.until(world::ended);
        assertThat(look()).isEmpty();
    }

    @Test
    void anObjectionIsToldAndNotOverridden() {
        world.module
                .autonomies()
                .put(
                        "token:ann",
                        new GroupAutonomy(
                                "web",
                                List.of(),
                                Duration.ofHours(2),
                                null,
                                GroupAutonomy.Triage.WHERE_ASKED,
                                false));
        world.policy(Autonomy.VETO);
        world.until(() -> is(State.Announced.class));
        assertThat(look()).isEmpty();
        world.module.steer().object(world.newest().id(), "token:bob", "Not now.");
        world.clock.pass(Duration.ofHours(60));
        assertThat(look())
                .singleElement()
                .extracting(Escalation::cause)
                .isEqualTo(Escalation.Cause.OBJECTION);
        world.clock.pass(Duration.ofHours(48));
        world.ticks(5);
        look();
        assertThat(is(State.Objected.class)).isTrue();
        assertThat(agent.changes).isZero();
    }

    @Test
    void aWindowThatOpensTooLateIsToldAtOnce() {
        Instant opens = world.clock.instant().plus(Duration.ofDays(10));
        world.fleet.maintenance.open(
                "token:ann",
                new Maintenance.Wanted(
                        "web",
                        "late",
                        "UTC",
                        LocalDateTime.ofInstant(opens, ZoneOffset.UTC),
                        "",
                        0,
                        Duration.ofHours(4)));
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> is(State.Running.class));
        assertThat(look())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.cause()).isEqualTo(Escalation.Cause.WINDOW);
                            assertThat(one.forecast()).isAfter(opens);
                        });
    }

    @Test
    void aPauseIsToldAndWhatHindersItNextIsToldAnew() {
        world.policy(Autonomy.APPROVE);
        world.until(() -> is(State.AwaitingApproval.class));
        world.clock.pass(Duration.ofHours(60));
        Escalation first = look().getFirst();
        world.module.escalations().acknowledge(first.id(), "token:bob", "");
        world.module.steer().pause(world.newest().id(), "token:bob", "Wait.");
        assertThat(look())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.cause()).isEqualTo(Escalation.Cause.PAUSE);
                            assertThat(one.acknowledgedBy()).isNull();
                        });
    }
}
