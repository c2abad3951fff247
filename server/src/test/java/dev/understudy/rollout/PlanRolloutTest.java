package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.Share;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.governance.Proof;
import dev.understudy.governance.Trials;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.RolloutSchedule.Expected;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// When the hosts of a rollout are expected to be patched, and whether they are.
class PlanRolloutTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private Pooled pool;
    private World world;
    private final List<SimulatedAgent> agents = new ArrayList<>();

    @BeforeEach
    void empty() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        Emptied.all(database);
        database.sql("update fleet.work_capacity set applies = null, rehearsals = null").update();
        world = new World(database);
        agents.clear();
        for (int i = 1; i <= 5; i++) {
            agents.add(world.agent("web-" + i, "curl"));
        }
        world.ticks(2);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void policy(Autonomy autonomy) {
        world.policies.put(
                "token:alice",
                new Policy(
                        "web", autonomy, 1, Duration.ofMinutes(10), 100, RebootPolicy.WHEN_NEEDED));
    }

    private RolloutSchedule schedule() {
        return world.module.plan().of(world.newest().id());
    }

    private boolean awaitsApproval() {
        return world.module.rollouts().newest(1).stream()
                .anyMatch(r -> r.state() instanceof Rollout.State.AwaitingApproval);
    }

    private void together(String quorum) {
        world.fleet.haGroups.put(
                "token:ann",
                "pool",
                Share.parse(quorum),
                agents.stream().map(agent -> agent.host).toList());
    }

    private static Instant done(Expected host) {
        return Objects.requireNonNull(host.done());
    }

    private static Instant begins(Expected host) {
        return Objects.requireNonNull(host.begins());
    }

    @Test
    void oneMemberAfterTheOtherInTheWindowAndTheWavesApart() {
        Instant opens = world.clock.instant().plus(Duration.ofHours(2));
        world.fleet.maintenance.open(
                "token:ann",
                new Maintenance.Wanted(
                        "web",
                        "night",
                        "UTC",
                        LocalDateTime.ofInstant(opens, ZoneOffset.UTC),
                        "FREQ=DAILY",
                        0,
                        Duration.ofHours(3)));
        together("4");
        policy(Autonomy.APPROVE);
        world.until(this::awaitsApproval);
        RolloutSchedule plan = schedule();
        assertThat(plan.planned()).isEqualTo(5);
        assertThat(plan.measured()).isFalse();
        assertThat(plan.gapPercent()).isLessThan(2);
        assertThat(begins(plan.hosts().getFirst())).isEqualTo(whole(opens));
        assertThat(plan.hosts().getFirst().sentence()).contains("'night' opens at");
        Instant second = begins(plan.hosts().get(1));
        assertThat(second).isEqualTo(whole(opens).plus(Urgency.GUESS).plusSeconds(600));
        for (int i = 2; i < 5; i++) {
            assertThat(begins(plan.hosts().get(i)))
                    .isEqualTo(second.plus(Urgency.GUESS.multipliedBy(i - 1L)));
        }
        assertThat(plan.ends()).isEqualTo(second.plus(Urgency.GUESS.multipliedBy(4)));
    }

    @Test
    void whoRehearsesRightBeforeItsTurnTakesThatLonger() {
        agents.forEach(agent -> agent.configuration = "a".repeat(64));
        world.ticks(2);
        world.policies.put(
                "token:alice",
                new Policy(
                        "web",
                        Autonomy.APPROVE,
                        1,
                        Duration.ofMinutes(10),
                        100,
                        RebootPolicy.WHEN_NEEDED,
                        Proof.USUAL,
                        new Trials(Trials.Who.PER_CLASS, 0)));
        world.until(this::awaitsApproval);
        RolloutSchedule plan = schedule();
        Expected first = plan.hosts().getFirst();
        assertThat(Duration.between(plan.asOf(), done(first))).isEqualTo(Urgency.GUESS);
        assertThat(plan.hosts().subList(1, 5))
                .allSatisfy(
                        host ->
                                assertThat(Duration.between(begins(host), done(host)))
                                        .isGreaterThan(Urgency.GUESS));
    }

    private static Instant whole(Instant at) {
        Instant second = at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        return second.equals(at) ? at : second.plusSeconds(1);
    }

    @Test
    void saysWhyAHostHasNoTime() {
        together("4");
        policy(Autonomy.APPROVE);
        world.until(this::awaitsApproval);
        agents.getLast().serviceFailed = true;
        world.ticks(3);
        RolloutSchedule plan = schedule();
        assertThat(plan.hosts().stream().filter(h -> h.begins() == null))
                .isNotEmpty()
                .allSatisfy(
                        host ->
                                assertThat(host.sentence())
                                        .matches(
                                                ".*web-5 has failed units.*|It comes after hosts .*"));
    }

    @Test
    void hostsAreBegunWithInThePlannedOrder() {
        String[] criticality = {"MEDIUM", "VERY_HIGH", "LOW", "HIGH", "LOW"};
        for (int i = 0; i < 5; i++) {
            world.fleet
                    .database
                    .sql("update fleet.hosts set criticality = :criticality where id = :id")
                    .param("criticality", criticality[i])
                    .param("id", agents.get(i).host.value())
                    .update();
        }
        world.fleet.limits.capacity("token:ann", 1, null);
        policy(Autonomy.APPROVE);
        world.until(this::awaitsApproval);
        List<String> planned = schedule().hosts().stream().map(Expected::name).toList();
        world.module.steer().approve(world.newest().id(), "token:bob", java.util.Optional.empty());
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < 400 && !world.ended(); i++) {
            world.tick();
            agents.stream()
                    .filter(agent -> !(world.of(agent).state() instanceof State.Rehearsed))
                    .map(agent -> world.fleet.hosts.get(agent.host).name())
                    .filter(name -> !begun.contains(name))
                    .forEach(begun::add);
        }
        assertThat(begun).isEqualTo(planned);
        assertThat(begun.subList(1, 4)).containsExactly("web-2", "web-4", "web-1");
        assertThatThrownBy(this::schedule)
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.code()).isEqualTo("rollout-over"));
    }
}
