package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Group;
import dev.understudy.fleet.OrderState;
import dev.understudy.fleet.Share;
import dev.understudy.fleet.Work;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.Reason;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rollouts among HA groups, disruption budgets, capacity, and hosts that come after others.
class WorkGateTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private Pooled pool;
    private Database database;
    private World world;
    private final List<SimulatedAgent> agents = new ArrayList<>();

    @BeforeEach
    void empty() {
        pool = new Pooled(DATABASE.get());
        database = pool.database();
        Emptied.all(database);
        database.sql("update fleet.work_capacity set applies = null, rehearsals = null").update();
        world = new World(database);
        agents.clear();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void hosts(int count) {
        for (int i = 1; i <= count; i++) {
            agents.add(world.agent("web-" + i, "curl"));
        }
        world.ticks(2);
    }

    private void policy(String group, Autonomy autonomy) {
        world.policies.put(
                "token:alice",
                new Policy(
                        group, autonomy, 1, Duration.ofSeconds(30), 100, RebootPolicy.WHEN_NEEDED));
    }

    private void together(String quorum, List<SimulatedAgent> members) {
        world.fleet.haGroups.put(
                "token:ann",
                "pool",
                Share.parse(quorum),
                members.stream().map(agent -> agent.host).toList());
    }

    private State state(SimulatedAgent agent) {
        return world.of(agent).state();
    }

    private long applying() {
        return world.fleet.orders.of(agents.getFirst().host, 1).isEmpty()
                ? 0
                : agents.stream()
                        .flatMap(agent -> world.fleet.orders.of(agent.host, 20).stream())
                        .filter(order -> order.body() instanceof OrderBody.Apply)
                        .filter(
                                order ->
                                        order.state() == OrderState.QUEUED
                                                || order.state() == OrderState.DELIVERED
                                                || order.state() == OrderState.ACCEPTED)
                        .count();
    }

    /// Ticks until the newest rollout has ended; the most applies that were open at once.
    private long mostAtOnce() {
        long most = 0;
        for (int i = 0; i < 400 && !world.ended(); i++) {
            world.tick();
            world.module.advance().all();
            most = Math.max(most, applying());
        }
        assertThat(world.ended()).as(world::describe).isTrue();
        return most;
    }

    private boolean allDone() {
        return agents.stream()
                        .flatMap(agent -> world.module.deployments().ofHost(agent.host, 1).stream())
                        .filter(d -> d.state() instanceof State.Done)
                        .count()
                == agents.size();
    }

    private Reason why(SimulatedAgent agent) {
        List<HostPatch> patches = world.patches.forHost(agent.host);
        return world.module.reasons().reasons(agent.host, patches).values().stream()
                .findFirst()
                .orElseThrow();
    }

    /// Why a host waits for its HA group.
    private String waiting() {
        return agents.stream()
                .filter(agent -> agent.changes == 0)
                .map(this::why)
                .filter(reason -> reason.code() == Reason.Code.HA_GROUP)
                .findFirst()
                .orElseThrow()
                .sentence();
    }

    @Test
    void patchesTheMembersOfAnHaGroupOneAfterTheOther() {
        hosts(6);
        together("5", agents);
        policy("web", Autonomy.AUTOMATIC);
        assertThat(mostAtOnce()).isEqualTo(1);
        assertThat(allDone()).as(world::describe).isTrue();
    }

    @Test
    void withoutLimitsAWaveIsPatchedAtOnce() {
        hosts(6);
        policy("web", Autonomy.AUTOMATIC);
        assertThat(mostAtOnce()).isEqualTo(5);
        assertThat(allDone()).isTrue();
    }

    @Test
    void countsTheMembersInEveryRolloutTogether() {
        hosts(2);
        world.fleet.groups.put(Group.named("db"));
        for (int i = 1; i <= 2; i++) {
            SimulatedAgent agent = new SimulatedAgent(world.fleet, "db-" + i, "db", "curl");
            world.agents.add(agent);
            agents.add(agent);
        }
        world.ticks(2);
        together("75%", agents);
        policy("web", Autonomy.AUTOMATIC);
        policy("db", Autonomy.AUTOMATIC);
        long most = 0;
        for (int i = 0; i < 200; i++) {
            world.tick();
            world.module.advance().all();
            most = Math.max(most, applying());
        }
        assertThat(most).isEqualTo(1);
        assertThat(world.module.rollouts().newest(5)).hasSize(2);
        assertThat(allDone()).as(world::describe).isTrue();
    }

    @Test
    void waitsForAMemberThatHasFailedAndSaysSo() {
        hosts(3);
        agents.getLast().serviceFailed = true;
        world.ticks(2);
        together("2", agents);
        policy("web", Autonomy.AUTOMATIC);
        world.ticks(60);
        assertThat(agents.get(0).changes + agents.get(1).changes).isZero();
        assertThat(waiting())
                .contains("HA group pool: of its 3 hosts 2 have to stay in service.")
                .contains("web-3 has failed units: web.service.");
        agents.getLast().serviceFailed = false;
        world.until(this::allDone);
    }

    @Test
    void aMemberThatIsSilentIsOutOfService() {
        hosts(3);
        together("2", agents);
        agents.getLast().online = false;
        world.clock.pass(Duration.ofMinutes(10));
        world.ticks(1);
        policy("web", Autonomy.AUTOMATIC);
        world.ticks(60);
        assertThat(agents.stream().mapToInt(agent -> agent.changes).sum()).isZero();
        assertThat(waiting()).contains("web-3 was last seen at");
        agents.getLast().online = true;
        world.until(
                () ->
                        state(agents.get(0)) instanceof State.Done
                                && state(agents.get(1)) instanceof State.Done);
    }

    @Test
    void aPersonsWordEndsTheDoubtAboutAMember() {
        hosts(3);
        together("2", agents);
        SimulatedAgent lost = agents.getLast();
        policy("web", Autonomy.AUTOMATIC);
        world.until(this::allDone);
        database.sql(
                        """
                        update rollout.deployments
                        set state = '{"type": "Broken", "checkpoint": "", "reasons": ["Half."]}'
                        where host = :host
                        """)
                .param("host", lost.host.value())
                .update();
        var hosts = List.of(agents.getFirst().host);
        var gate = world.module.work();
        assertThat(gate.look(hosts).waits(hosts.getFirst(), Work.APPLY).orElseThrow().sentence())
                .contains("web-3 could not be put back whole");
        world.clock.pass(Duration.ofSeconds(1));
        world.fleet.haGroups.confirm("token:ann", "pool", lost.host, "Repaired by hand.");
        assertThat(gate.look(hosts).waits(hosts.getFirst(), Work.APPLY)).isEmpty();
        assertThat(gate.look(hosts).waits(lost.host, Work.APPLY)).isEmpty();
    }

    @Test
    void aRollbackKeepsTheQuorum() {
        hosts(4);
        policy("web", Autonomy.AUTOMATIC);
        world.until(this::allDone);
        together("3", agents);
        world.module.steer().rollBack(world.newest().id(), "token:ann", "It is slow.");
        for (int i = 0; i < 100 && !world.ended(); i++) {
            world.module.advance().all();
            assertThat(agents.stream().filter(a -> state(a) instanceof State.RollingBack).count())
                    .isLessThanOrEqualTo(1);
            world.tick();
        }
        assertThat(agents)
                .allSatisfy(agent -> assertThat(agent.installed()).containsEntry("curl", "1"));
    }

    @Test
    void transactionsThatIssueOrdersAtTheSameTimeKeepTheQuorumTogether() throws Exception {
        hosts(8);
        together("6", agents);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Boolean>> taken = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (SimulatedAgent agent : agents) {
                taken.add(
                        threads.submit(
                                () -> {
                                    begin.await();
                                    return database.inTransaction(() -> claimed(agent));
                                }));
            }
            begin.countDown();
            int in = 0;
            for (Future<Boolean> each : taken) {
                in += each.get() ? 1 : 0;
            }
            assertThat(in).isEqualTo(2);
        }
    }

    private boolean claimed(SimulatedAgent agent) {
        boolean in =
                world.module
                        .work()
                        .claims(() -> List.of(agent.host))
                        .claim(agent.host, Work.REBOOT)
                        .isEmpty();
        if (in) {
            world.fleet.orders.issue(agent.host, new OrderBody.Reboot(), Duration.ofMinutes(5));
        }
        return in;
    }

    @Test
    void keepsToTheBudgetsOfGroupAndFleet() {
        hosts(9);
        world.fleet.limits.budget("token:ann", "web", Share.parse("3"));
        policy("web", Autonomy.AUTOMATIC);
        assertThat(mostAtOnce()).isEqualTo(3);
        assertThat(allDone()).isTrue();
    }

    @Test
    void keepsToAPercentageOfTheFleet() {
        hosts(9);
        world.fleet.limits.budget("token:ann", "", Share.parse("25%"));
        policy("web", Autonomy.AUTOMATIC);
        assertThat(mostAtOnce()).isEqualTo(2);
        assertThat(allDone()).isTrue();
    }

    @Test
    void keepsToTheCapacityForAppliesAndRehearsals() {
        hosts(9);
        world.fleet.limits.capacity("token:ann", 4, 2);
        policy("web", Autonomy.AUTOMATIC);
        world.until(() -> world.module.rollouts().newest(1).stream().anyMatch(Rollout::open));
        long rehearsing = agents.stream().filter(a -> state(a) instanceof State.Rehearsing).count();
        assertThat(rehearsing).isLessThanOrEqualTo(2);
        assertThat(mostAtOnce()).isEqualTo(4);
        assertThat(allDone()).isTrue();
    }

    @Test
    void aHostComesAfterTheOnesBeforeItAndSaysSo() {
        hosts(4);
        SimulatedAgent last = agents.getFirst();
        for (SimulatedAgent before : agents.subList(1, 4)) {
            world.fleet.sequence.add("token:ann", last.host, before.host);
        }
        policy("web", Autonomy.AUTOMATIC);
        boolean told = false;
        for (int i = 0; i < 300 && !allDone(); i++) {
            world.tick();
            if (last.changes > 0) {
                assertThat(agents.subList(1, 4)).allMatch(agent -> agent.changes == 1);
            } else if (world.module.rollouts().newest(1).stream().anyMatch(Rollout::open)) {
                told |= why(last).code() == Reason.Code.AFTER_OTHER_HOST;
            }
        }
        assertThat(allDone()).as(world::describe).isTrue();
        assertThat(told).isTrue();
    }
}
