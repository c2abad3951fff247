package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.TestFleet;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Database;
import dev.understudy.platform.MortalSource;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The control plane dies at one of its commits, just before or just after it, is started anew, and
/// everything ends as if it had not died.
class CrashTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void endsTheSameWhereverItDies() {
        everyNth(41);
    }

    @Test
    @Tag("long")
    void endsTheSameAtEveryFifthCommitItDiesAt() {
        everyNth(5);
    }

    private static void everyNth(int stride) {
        int commits = run(Integer.MAX_VALUE, false);
        assertThat(commits).isGreaterThan(50);
        for (int n = 1; n <= commits; n += stride) {
            run(n, false);
            run(n, true);
        }
    }

    /// @return how many commits the control plane made until it died or was done
    private static int run(int diesAt, boolean afterwards) {
        try (Pooled pool = new Pooled(DATABASE.get())) {
            return run(pool.database(), diesAt, afterwards);
        }
    }

    private static int run(Database database, int diesAt, boolean afterwards) {
        Emptied.all(database);
        World calm = new World(database);
        for (int i = 1; i <= 3; i++) {
            calm.agent("web-" + i, "bad", "curl", "zlib").failInTwin.add("bad");
        }
        calm.policy(Autonomy.AUTOMATIC);
        MortalSource source = new MortalSource(database.source(), diesAt, afterwards);
        World mortal;
        try {
            mortal = calm.restarted(new Database(source));
            live(mortal);
        } catch (RuntimeException e) {
            if (!source.dead()) {
                throw e;
            }
        }
        if (source.dead()) {
            live(calm.restarted(database));
        }
        check(calm, "died at commit %d %s".formatted(diesAt, afterwards ? "after" : "before"));
        return source.commits();
    }

    private static void live(World world) {
        world.until(
                () -> world.ended() && world.newest().state() instanceof Rollout.State.Completed);
        world.ticks(5);
    }

    private static void check(World world, String when) {
        assertThat(world.quarantined()).as(when).containsExactly("bad");
        assertThat(world.module.rollouts().newest(10))
                .as(when)
                .extracting(rollout -> MoveRollout.name(rollout.state()))
                .containsExactly("Completed", "Halted");
        assertThat(world.agents)
                .as(when)
                .allSatisfy(
                        agent -> {
                            assertThat(agent.installed())
                                    .isEqualTo(Map.of("bad", "1", "curl", "2", "zlib", "2"));
                            assertThat(agent.changes).isEqualTo(1);
                            assertThat(applies(world.fleet, agent)).isEqualTo(1);
                        });
    }

    private static long applies(TestFleet fleet, SimulatedAgent agent) {
        return fleet.orders.of(agent.host, 100).stream()
                .filter(order -> order.body() instanceof OrderBody.Apply)
                .count();
    }
}
