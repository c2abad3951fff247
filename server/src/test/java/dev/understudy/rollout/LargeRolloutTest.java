package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.governance.Proof;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.gate.Entry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A rollout of twenty thousand hosts goes on by steps that do not read all of it again.
@Tag("slow")
class LargeRolloutTest extends LoopTest {
    private static final int HOSTS = 20_000;
    private static final int STEPS = 9;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// Of the processor, in this program, so that a busy machine does not matter.
    private static final Duration MOST = Duration.ofMillis(200);

    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    LargeRolloutTest() {
        super(DATABASE);
    }

    @Test
    void aStepTakesAShortTimeHoweverManyHostsTakePart() {
        world.agent("web-0", "curl");
        SimulatedAgent last = world.agent("web-1", "curl");
        last.fetches = false;
        world.policies.put(
                "token:alice",
                new Policy(
                        "web",
                        Autonomy.APPROVE,
                        1,
                        Duration.ofMinutes(5),
                        50,
                        RebootPolicy.NEVER,
                        Proof.USUAL));
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        multiply();
        long before = System.nanoTime();
        world.until(() -> world.newest().state() instanceof Rollout.State.AwaitingApproval);
        System.out.printf(
                "waves assigned: %s ms%n", Duration.ofNanos(System.nanoTime() - before).toMillis());
        RolloutId id = world.newest().id();
        assertThat(world.module.deployments().of(id)).hasSize(HOSTS + 2);
        assertThat(world.module.certificates().find(id).orElseThrow().certified()).isTrue();
        say("awaiting approval", id);
        world.module.steer().approve(id, "token:alice", Optional.empty());
        assertThat(world.module.rollouts().get(id).state())
                .isInstanceOf(Rollout.State.Running.class);
        assertThat(world.module.certificates().entries(id))
                .anyMatch(Entry.WaveBegan.class::isInstance);
        Duration running = say("running", id);
        wave("'{\"type\": \"Done\", \"checkpoint\": \"cp\"}'", id);
        world.clock.pass(Duration.ofSeconds(5));
        say("settled", id);
        seen();
        Duration soaking = say("soaking", id);
        assertThat(world.module.rollouts().get(id).state())
                .isInstanceOf(Rollout.State.Soaking.class);
        assertThat(running).isLessThan(MOST);
        assertThat(soaking).isLessThan(MOST);
    }

    /// The median step, in time of the processor.
    private Duration say(String what, RolloutId id) {
        List<Duration> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            long before = THREADS.getCurrentThreadCpuTime();
            world.module.advance().step(id);
            steps.add(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before));
        }
        System.out.printf("%s: %s ms%n", what, steps.stream().map(Duration::toMillis).toList());
        Collections.sort(steps);
        return steps.get(STEPS / 2);
    }

    /// Hosts like the first, whose rehearsals passed.
    private void multiply() {
        sql(
                """
                insert into fleet.hosts (id, name, machine_id, group_name, enrolled_at, last_seen,
                                         agent_version, boot_id, shape, platform, capabilities)
                select gen_random_uuid(), 'clone-' || n, 'clone-' || n, group_name, enrolled_at,
                       last_seen, agent_version, boot_id, shape, platform, capabilities
                from fleet.hosts, generate_series(1, %d) as n
                where name = 'web-0'
                """
                        .formatted(HOSTS));
        sql(
                """
                insert into fleet.inventories
                    (host, digest, shape, received_at, document, alike, not_in_effect, failed_units)
                select h.id, i.digest, i.shape, i.received_at, i.document, i.alike,
                       i.not_in_effect, i.failed_units
                from fleet.inventories i
                join fleet.hosts web on web.id = i.host and web.name = 'web-0'
                join fleet.hosts h on h.name like 'clone-%'
                """);
        sql(
                """
                insert into rollout.deployments
                    (rollout, host, plan, plan_digest, patches, wave, attempts, since, state)
                select d.rollout, h.id, d.plan, d.plan_digest, d.patches, 0, 1, d.since,
                       '{"type": "Rehearsed", "rehearsal": "00000000-0000-0000-0001-000000000001",
                         "accepted": null}'
                from rollout.deployments d
                join fleet.hosts web on web.id = d.host and web.name = 'web-0'
                join fleet.hosts h on h.name like 'clone-%'
                """);
    }

    private void wave(String state, RolloutId id) {
        sql(
                "update rollout.deployments set order_id = null, state = %s where wave = 1 and rollout = '%s'"
                        .formatted(state, id));
    }

    private void seen() {
        pool.database()
                .sql("update fleet.hosts set last_seen = :now")
                .param("now", Stored.utc(world.clock.instant()))
                .update();
    }

    private void sql(String statement) {
        pool.database().sql(statement).update();
    }
}
