package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.DeadlineRule;
import dev.understudy.risk.DeadlineRules;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/// A host with a patch that is due in three days.
abstract class DueInThreeDaysTest extends LoopTest {
    SimulatedAgent agent;

    DueInThreeDaysTest(TestDatabase source) {
        super(source);
    }

    @BeforeEach
    final void dueInThreeDays() {
        new DeadlineRules(pool.database(), world.fleet.audit)
                .put(
                        "token:ann",
                        "web",
                        new DeadlineRule(
                                DeadlineRule.Standard.SLA,
                                List.of(3, 14, 60, 90),
                                false,
                                List.of()));
        agent = world.agent("web-1", "curl");
        agent.cves = List.of("CVE-2026-1111");
    }

    /// How often what is in danger was told, oldest first.
    List<String> told() {
        return pool.database()
                .sql(
                        """
                        select body ->> 'times'
                        from platform.outbox
                        where event = 'rollout.DeadlineEndangered'
                        order by id
                        """)
                .query(String.class)
                .list();
    }

    /// The one escalation is told again after an hour, and no more once a person knows of it, not
    /// even when the deadline is missed.
    ///
    /// @param look has escalations looked for, and gives those that are open
    /// @return the one that was told again
    final Escalation toldUntilAPersonKnows(
            Duration untilTheHour, String note, Supplier<List<Escalation>> look) {
        world.clock.pass(untilTheHour);
        Escalation again = look.get().getFirst();
        assertThat(told()).containsExactly("1", "2");
        world.module.escalations().acknowledge(again.id(), "token:bob", note);
        world.clock.pass(Duration.ofHours(12));
        assertThat(look.get())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.acknowledgedBy()).isEqualTo("token:bob");
                            assertThat(one.sentence()).contains("The deadline is missed already");
                        });
        assertThat(told()).containsExactly("1", "2");
        return again;
    }
}
