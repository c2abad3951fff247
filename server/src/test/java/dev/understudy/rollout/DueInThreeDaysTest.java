package dev.understudy.rollout;

import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.DeadlineRule;
import dev.understudy.risk.DeadlineRules;
import java.util.List;
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
}
