package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Symptom;
import dev.understudy.fleet.SymptomTold;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Contrast;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AttributionLoopTest extends ProvenLoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    AttributionLoopTest() {
        super(DATABASE);
    }

    @Test
    void anOutageOfPatchedAndUnpatchedHostsPausesTheRolloutAndProvesNothing() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.forEach(agent -> agent.serviceFailed = true);
        world.until(() -> world.newest().state() instanceof Rollout.State.Paused);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Paused.class,
                        paused -> {
                            assertThat(paused.by()).isEqualTo("system");
                            assertThat(paused.reason())
                                    .contains("External cause", "unit web.service", "unpatched");
                        });
        assertThat(judged(Entry.Outcome.FAILED)).isEmpty();
        assertThat(judged(Entry.Outcome.DISTURBED)).isNotEmpty();
        assertThat(world.module.quarantine().entries()).isEmpty();
        world.ticks(30);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Paused.class);
        int patched = patched();
        world.agents.forEach(agent -> agent.serviceFailed = false);
        world.ticks(5);
        RolloutId id = world.newest().id();
        world.module.steer().resume(id, "token:alice");
        // Its hosts soak again, and are judged by that.
        world.until(() -> !world.module.rollouts().get(id).open());
        assertThat(world.module.rollouts().get(id).state())
                .isInstanceOf(Rollout.State.Completed.class);
        assertThat(patched()).isGreaterThan(patched);
        List<Entry> entries = world.module.certificates().entries(id);
        int again = indexOf(entries, Entry.SoaksAgain.class);
        assertThat(entries.subList(0, again))
                .noneMatch(e -> e instanceof Entry.Judged j && j.outcome() == Entry.Outcome.GOOD);
        assertThat(entries.subList(again, entries.size()))
                .filteredOn(e -> e instanceof Entry.Judged j && j.wave() == 1)
                .hasSize(patched);
        assertThat(entries)
                .anySatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOfSatisfying(
                                                Entry.Contrasted.class,
                                                c ->
                                                        assertThat(c.cause())
                                                                .isEqualTo(
                                                                        Contrast.Cause.EXTERNAL)));
        assertThat(
                        Course.replays(
                                world.module.certificates().find(id).orElseThrow().plans(),
                                entries))
                .isTrue();
    }

    @Test
    void whoStillFailsWhenTheOutageIsOverCountsAgainstThePatch() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.forEach(agent -> agent.serviceFailed = true);
        world.until(() -> world.newest().state() instanceof Rollout.State.Paused);
        world.agents.stream().filter(has("curl", "1")).forEach(a -> a.serviceFailed = false);
        world.ticks(5);
        world.module.steer().resume(world.newest().id(), "token:alice");
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(judged(Entry.Outcome.FAILED)).isNotEmpty();
    }

    @Test
    void whileTheOutageLastsNobodySoaksAgain() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.forEach(agent -> agent.serviceFailed = true);
        world.until(() -> world.newest().state() instanceof Rollout.State.Paused);
        world.module.steer().resume(world.newest().id(), "token:alice");
        world.until(
                () ->
                        world.newest().state() instanceof Rollout.State.Held held
                                && held.reason().contains("0 hosts were judged"));
        assertThat(entries()).noneMatch(Entry.SoaksAgain.class::isInstance);
        assertThat(judged(Entry.Outcome.FAILED)).isEmpty();
    }

    @Test
    void whatOnlyPatchedHostsShowCountsAgainstThePatchWithTheNumbers() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.stream().filter(has("curl", "2")).forEach(agent -> agent.serviceFailed = true);
        world.until(() -> !judged(Entry.Outcome.FAILED).isEmpty());
        assertThat(judged(Entry.Outcome.DISTURBED)).isEmpty();
        assertThat(judged(Entry.Outcome.LEFT_OUT)).isEmpty();
        assertThat(entries())
                .anySatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOfSatisfying(
                                                Entry.Contrasted.class,
                                                c -> {
                                                    assertThat(c.cause())
                                                            .isEqualTo(Contrast.Cause.PATCH);
                                                    assertThat(c.contrast().controlFailed())
                                                            .isZero();
                                                }));
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
    }

    @Test
    void aFailureIsWeighedOnlyOnceTheControlWasHeardOf() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.stream().filter(has("curl", "1")).forEach(agent -> agent.online = false);
        world.ticks(1);
        world.agents.stream().filter(has("curl", "2")).forEach(agent -> agent.serviceFailed = true);
        world.ticks(4);
        assertThat(judged(Entry.Outcome.FAILED)).isEmpty();
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Soaking.class);
        world.ticks((int) (RolloutSettings.USUAL.hearing().toSeconds() / 5) + 2);
        assertThat(judged(Entry.Outcome.FAILED)).isNotEmpty();
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
    }

    @Test
    void anUncertifiedRolloutIsPausedTooAndGoesOnPastWhatWasExternal() {
        fleet(STRICT, 8);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        SimulatedAgent victim = firstInWaveOne();
        victim.failOnHost.add("curl");
        victim.checks =
                List.of(
                        new CheckResult(
                                "unit",
                                "web.service",
                                CheckResult.Health.UNHEALTHY,
                                "web.service was active and is failed"));
        world.until(() -> world.newest().state() instanceof Rollout.State.Running);
        world.agents.stream()
                .filter(agent -> agent != victim)
                .forEach(agent -> agent.serviceFailed = true);
        world.until(() -> world.newest().state() instanceof Rollout.State.Paused);
        assertThat(world.of(victim).state()).isInstanceOf(State.Restored.class);
        world.agents.forEach(agent -> agent.serviceFailed = false);
        world.ticks(5);
        RolloutId id = world.newest().id();
        world.module.steer().resume(id, "token:alice");
        // Its only host proved nothing, so the wave proves nothing.
        world.until(() -> world.newest().state() instanceof Rollout.State.Held);
        world.module.steer().approve(id, "token:alice", Optional.empty());
        world.until(() -> !world.module.rollouts().get(id).open());
        assertThat(world.module.rollouts().get(id).state())
                .isInstanceOf(Rollout.State.Completed.class);
        assertThat(victim.installed()).containsEntry("curl", "1");
        assertThat(patched()).isEqualTo(7);
    }

    @Test
    void aSignalAboutAPatchedHostCountsAndOneAboutEverybodyDoesNot() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        SimulatedAgent patched =
                world.agents.stream().filter(has("curl", "2")).findFirst().orElseThrow();
        signal(patched);
        world.until(() -> !judged(Entry.Outcome.FAILED).isEmpty());
        assertThat(judged(Entry.Outcome.FAILED))
                .first()
                .satisfies(entry -> assertThat(entry.why()).contains("HighErrorRate"));
    }

    @Test
    void aSignalAboutEverybodyIsExternal() {
        fleet(COARSE, 20);
        world.until(this::soaking);
        world.agents.stream().filter(has("curl", "1")).forEach(this::signal);
        world.agents.stream().filter(has("curl", "2")).forEach(this::signal);
        world.until(() -> world.newest().state() instanceof Rollout.State.Paused);
        assertThat(judged(Entry.Outcome.FAILED)).isEmpty();
    }

    @Test
    void whileMonitoringCannotBeAskedNoWaveIsPromotedUntilAPersonSaysSo() {
        fleet(STRICT, 4);
        world.doubts.put("web", "Prometheus cannot be asked.");
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        world.until(
                () ->
                        world.newest().state() instanceof Rollout.State.Held held
                                && held.reason().contains("Prometheus"));
        world.ticks(30);
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Held.class,
                        held -> assertThat(held.reason()).contains("cannot be asked"));
        int patched = patched();
        world.module.steer().approve(world.newest().id(), "token:alice", Optional.empty());
        world.ticks(10);
        assertThat(patched()).isGreaterThan(patched);
        world.doubts.clear();
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
    }

    @Test
    void aFailureAfterTwoRolloutsIsPutDownToTheOneWhoseOwnHostsFail() {
        RolloutId first = twoRollouts();
        SimulatedAgent both = world.agents.getFirst();
        world.agents.subList(5, 9).forEach(this::failed);
        failed(both);
        world.ticks(30);
        assertThat(world.module.certificates().entries(first))
                .anySatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOfSatisfying(
                                                Entry.Shared.class,
                                                shared -> assertThat(shared.theirs()).isTrue()));
        assertThat(world.module.rollouts().get(first).state())
                .isNotInstanceOf(Rollout.State.Halted.class);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
    }

    @Test
    void aFailureThatNothingTellsApartHaltsBothRollouts() {
        RolloutId first = twoRollouts();
        failed(world.agents.getFirst());
        world.ticks(30);
        assertThat(world.module.rollouts().get(first).state())
                .isInstanceOf(Rollout.State.Halted.class);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        assertThat(world.module.certificates().entries(first))
                .anySatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOfSatisfying(
                                                Entry.Shared.class,
                                                shared -> assertThat(shared.theirs()).isFalse()));
    }

    /// Both soak at once: web-0 got both, web-1 to web-4 the first, web-5 to web-8 the second.
    private RolloutId twoRollouts() {
        for (int i = 0; i < 9; i++) {
            world.agent("web-" + i, "curl", "nginx");
        }
        world.policies.put(
                "token:alice",
                new Policy(
                        "web",
                        Autonomy.RECOMMEND,
                        5,
                        Duration.ofHours(2),
                        50,
                        RebootPolicy.WHEN_NEEDED,
                        STRICT));
        world.ticks(3);
        RolloutId first = soaked("curl", world.agents.subList(0, 5));
        List<SimulatedAgent> second = new ArrayList<>(world.agents.subList(5, 9));
        second.add(world.agents.getFirst());
        soaked("nginx", second);
        return first;
    }

    private RolloutId soaked(String patch, List<SimulatedAgent> hosts) {
        RolloutId id =
                world.module
                        .start()
                        .forHosts(
                                hosts.stream().map(agent -> agent.host).toList(),
                                new Selection.Chosen(List.of(Samples.patch(patch))),
                                "token:alice");
        world.until(
                () ->
                        world.module.rollouts().get(id).state()
                                instanceof Rollout.State.AwaitingApproval);
        world.module.steer().approve(id, "token:alice", Optional.empty());
        world.until(() -> world.module.rollouts().get(id).state() instanceof Rollout.State.Soaking);
        return id;
    }

    private void failed(SimulatedAgent agent) {
        agent.serviceFailed = true;
    }

    private void signal(SimulatedAgent agent) {
        String symptom = Symptom.signal("HighErrorRate");
        pool.database()
                .inTransaction(
                        () -> {
                            new Symptoms(pool.database())
                                    .began(
                                            agent.host,
                                            symptom,
                                            "token:siem",
                                            "",
                                            world.clock.instant());
                            world.fleet.outbox.publish(
                                    new SymptomTold(
                                            agent.host,
                                            symptom,
                                            "HighErrorRate (critical), told by token:siem",
                                            world.clock.instant()));
                        });
    }

    private boolean soaking() {
        return !world.module.rollouts().newest(1).isEmpty()
                && world.newest().state() instanceof Rollout.State.Soaking;
    }

    private SimulatedAgent firstInWaveOne() {
        world.until(
                () ->
                        world.module.deployments().of(world.newest().id()).stream()
                                .anyMatch(d -> d.wave() == 1));
        Deployment first =
                world.module.deployments().of(world.newest().id()).stream()
                        .filter(d -> d.wave() == 1)
                        .findFirst()
                        .orElseThrow();
        return world.agents.stream()
                .filter(agent -> agent.host.equals(first.host()))
                .findFirst()
                .orElseThrow();
    }

    private static Predicate<SimulatedAgent> has(String name, String version) {
        return agent -> version.equals(agent.installed().get(name));
    }

    private static int indexOf(List<Entry> entries, Class<? extends Entry> type) {
        for (int i = 0; i < entries.size(); i++) {
            if (type.isInstance(entries.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no %s in %s".formatted(type, entries));
    }

    private int patched() {
        return (int) world.agents.stream().filter(has("curl", "2")).count();
    }
}
