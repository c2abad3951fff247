package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Freeze;
import dev.understudy.fleet.IssuedOrder;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rollouts among maintenance windows and freezes.
class WindowsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private Pooled pool;
    private World world;
    private SimulatedAgent agent;

    @BeforeEach
    void empty() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        Emptied.all(database);
        world = new World(database);
        agent = world.agent("web-1", "curl");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private MaintenanceWindow window(Duration fromNow, Duration duration) {
        return world.fleet.maintenance.open(
                "token:ann",
                new Maintenance.Wanted(
                        "web",
                        "night",
                        "UTC",
                        LocalDateTime.ofInstant(
                                world.clock.instant().plus(fromNow), ZoneOffset.UTC),
                        "",
                        0,
                        duration));
    }

    private boolean is(Class<? extends State> state) {
        return world.module.deployments().ofHost(agent.host, 1).stream()
                .anyMatch(d -> state.isInstance(d.state()));
    }

    private boolean rehearsed() {
        return is(State.Rehearsed.class);
    }

    private boolean done() {
        return is(State.Done.class);
    }

    @Test
    void rehearsesBeforeTheWindowAndPatchesInIt() {
        window(Duration.ofHours(1), Duration.ofHours(2));
        Instant opens = world.clock.instant().plus(Duration.ofHours(1));
        world.policy(Autonomy.AUTOMATIC);
        world.until(this::rehearsed);
        world.ticks(30);
        assertThat(agent.changes).isZero();
        assertThat(world.clock.instant()).isBefore(opens);
        world.until(this::done);
        assertThat(world.clock.instant()).isAfter(opens).isBefore(opens.plusSeconds(600));
        assertThat(agent.changes).isEqualTo(1);
    }

    @Test
    void anOrderRunsOutBeforeItsWindowDoes() {
        world.policy(Autonomy.AUTOMATIC);
        window(Duration.ofHours(-1), Duration.ofMinutes(78));
        Instant begin = world.clock.instant().plus(Duration.ofMinutes(3));
        world.until(() -> is(State.Applying.class));
        IssuedOrder order =
                world.fleet.orders.of(agent.host, 10).stream()
                        .filter(each -> each.body() instanceof OrderBody.Apply)
                        .findFirst()
                        .orElseThrow();
        assertThat(order.notAfter()).isEqualTo(begin);
    }

    @Test
    void aFreezeKeepsHostsAsTheyAreUntilItIsEnded() {
        Instant now = world.clock.instant();
        Freeze freeze =
                world.fleet.maintenance.freeze(
                        "token:ann", "web", now, now.plus(Duration.ofDays(3)), "Year's end.");
        world.policy(Autonomy.AUTOMATIC);
        world.until(this::rehearsed);
        world.ticks(50);
        assertThat(agent.changes).isZero();
        world.fleet.maintenance.thaw("token:bob", freeze.id());
        world.until(this::done);
    }

    @Test
    void whatFailedIsPutBackThoughTheWindowHasClosed() {
        window(Duration.ZERO, Duration.ofMinutes(30));
        world.policy(Autonomy.AUTOMATIC);
        world.until(this::done);
        world.clock.pass(Duration.ofHours(2));
        world.module.steer().rollBack(world.newest().id(), "token:ann", "It is slow.");
        world.until(() -> is(State.RolledBack.class));
        assertThat(agent.installed()).containsEntry("curl", "1");
    }
}
