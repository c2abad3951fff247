package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.Digests;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.PatchClass;
import dev.understudy.rollout.Rollout.State;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who lets a rollout start: veto windows, rules by class, and approvals bound to the plans.
class ConsentTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    ConsentTest() {
        super(DATABASE);
    }

    private static AutonomyRule rule(
            @Nullable PatchClass patch, @Nullable DeadlineClass deadline, Autonomy autonomy) {
        return new AutonomyRule(patch, deadline, autonomy, null);
    }

    private void rules(Duration veto, AutonomyRule... rules) {
        world.module
                .autonomies()
                .put(
                        "token:ann",
                        new GroupAutonomy(
                                "web",
                                List.of(rules),
                                veto,
                                null,
                                GroupAutonomy.Triage.WHERE_ASKED,
                                false));
    }

    private boolean is(Class<? extends State> state) {
        return !world.module.rollouts().newest(1).isEmpty()
                && state.isInstance(world.newest().state());
    }

    private boolean announced() {
        return is(State.Announced.class);
    }

    private boolean asked() {
        return is(State.AwaitingApproval.class);
    }

    private void window(String name, Duration fromNow, Duration duration) {
        world.fleet.maintenance.open(
                "token:ann",
                new Maintenance.Wanted(
                        "web",
                        name,
                        "UTC",
                        LocalDateTime.ofInstant(
                                world.clock.instant().plus(fromNow), ZoneOffset.UTC),
                        "",
                        0,
                        duration));
    }

    @Test
    void startsByItselfWhenNobodyObjectedInTime() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        rules(Duration.ofHours(2));
        world.policy(Autonomy.VETO);
        world.until(this::announced);
        Instant announced = world.newest().since();
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        State.Announced.class,
                        state ->
                                assertThat(state.startsAt())
                                        .isEqualTo(announced.plus(Duration.ofHours(2))));
        world.clock.pass(Duration.ofMinutes(110));
        world.ticks(5);
        assertThat(agent.changes).isZero();
        world.until(world::ended);
        assertThat(agent.installed()).containsEntry("curl", "2");
        assertThat(world.clock.instant()).isAfter(announced.plus(Duration.ofHours(2)));
        assertThat(world.module.approvals().of(world.newest().id()))
                .singleElement()
                .satisfies(
                        approval -> {
                            assertThat(approval.by()).isEqualTo("system");
                            assertThat(approval.reason()).startsWith("Nobody objected");
                        });
    }

    @Test
    void anObjectionHoldsUntilAPersonLiftsItAndThenTheWindowBeginsAnew() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        rules(Duration.ofHours(1));
        world.policy(Autonomy.VETO);
        world.until(this::announced);
        RolloutId id = world.newest().id();
        world.module.steer().object(id, "token:bob", "Not before the fair.");
        world.clock.pass(Duration.ofDays(3));
        world.ticks(5);
        assertThat(is(State.Objected.class)).isTrue();
        assertThat(agent.changes).isZero();
        assertThatThrownBy(() -> world.module.steer().approve(id, "token:carol", Optional.empty()))
                .isInstanceOf(NotNow.class)
                .hasMessageContaining("token:bob objects: Not before the fair.");
        world.module.steer().lift(id, "token:carol", "The fair is over.");
        Instant lifted = world.clock.instant();
        assertThat(announced()).isTrue();
        world.until(world::ended);
        assertThat(world.clock.instant()).isAfter(lifted.plus(Duration.ofHours(1)));
        assertThat(world.module.objections().of(id))
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.by()).isEqualTo("token:bob");
                            assertThat(one.reason()).isEqualTo("Not before the fair.");
                            assertThat(one.liftedBy()).isEqualTo("token:carol");
                            assertThat(one.liftReason()).isEqualTo("The fair is over.");
                        });
    }

    @Test
    void aPersonCanLetWhatIsAnnouncedGoAtOnce() {
        world.agent("web-1", "curl");
        rules(Duration.ofDays(2));
        world.policy(Autonomy.VETO);
        world.until(this::announced);
        world.module.steer().approve(world.newest().id(), "token:carol", Optional.empty());
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(State.Completed.class);
    }

    @Test
    void whatNeedsAPersonKeepsNothingWaitingThatDoesNot() {
        SimulatedAgent agent =
                world.agent("web-1", "curl", "linux-image-amd64", "postgresql-15", "libxml2");
        rules(
                Duration.ofHours(1),
                rule(PatchClass.KERNEL, null, Autonomy.APPROVE),
                rule(PatchClass.DATA, null, Autonomy.VETO),
                rule(PatchClass.LIBRARY, null, Autonomy.RECOMMEND));
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty() && world.newest().open());
        assertThat(world.newest().terms().consent())
                .satisfies(
                        consent -> {
                            assertThat(consent.autonomy()).isEqualTo(Autonomy.AUTOMATIC);
                            assertThat(consent.why())
                                    .isEqualTo(
                                            "Decided by bookworm/curl/2 (plain, sixty days): automatic by the policy of group web.");
                        });
        world.until(this::announced);
        assertThat(agent.installed())
                .isEqualTo(
                        Map.of(
                                "curl", "2",
                                "linux-image-amd64", "1",
                                "postgresql-15", "1",
                                "libxml2", "1"));
        assertThat(world.newest().terms().consent().why()).contains("rule 2 of group web (data)");
        world.until(this::asked);
        assertThat(agent.installed()).containsEntry("postgresql-15", "2");
        assertThat(world.newest().terms().consent().why()).contains("rule 1 of group web (kernel)");
        world.module.steer().approve(world.newest().id(), "token:ann", Optional.empty());
        world.until(world::ended);
        world.ticks(30);
        assertThat(agent.installed())
                .containsEntry("linux-image-amd64", "2")
                .containsEntry("libxml2", "1");
    }

    @Test
    void aRuleMayLetTheMachineGoFurtherThanItsGroup() {
        SimulatedAgent agent = world.agent("web-1", "curl", "linux-image-amd64");
        rules(Duration.ofHours(1), rule(PatchClass.PLAIN, null, Autonomy.AUTOMATIC));
        world.policy(Autonomy.OBSERVE);
        world.until(world::ended);
        world.ticks(20);
        assertThat(agent.installed()).isEqualTo(Map.of("curl", "2", "linux-image-amd64", "1"));
        assertThatThrownBy(
                        () ->
                                world.module
                                        .start()
                                        .forGroup("web", new Selection.AllSecurity(), "token:ann"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("linux-image-amd64/2 (kernel")
                .hasMessageContaining("observe by the policy of group web");
    }

    @Test
    void anApprovalIsOfExactlyWhatItsTextSaysAndStaysOnRecord() {
        world.agent("web-1", "curl");
        world.policy(Autonomy.APPROVE);
        world.until(this::asked);
        RolloutId id = world.newest().id();
        world.module.steer().approve(id, "token:ann", Optional.empty(), "Looks good.");
        Approvals.Approval approval = world.module.approvals().of(id).getFirst();
        assertThat(Digests.sha256(approval.plan())).isEqualTo(approval.planHash());
        assertThat(approval.plan())
                .contains("curl:amd64 1 → 2", "\"gate\":\"CERTIFIED\"", "\"soak\":\"PT30S\"");
        assertThat(approval.reason()).isEqualTo("Looks good.");
        List<String> exported = new ArrayList<>();
        world.fleet.audit.export(0, exported::add);
        assertThat(exported)
                .filteredOn(line -> line.contains("\"rollout.approved\""))
                .filteredOn(line -> line.contains("rollout:" + id))
                .singleElement()
                .asString()
                .contains(approval.planHash(), "token:ann", "Looks good.");
        assertThatThrownBy(
                        () ->
                                pool.database()
                                        .sql("update rollout.approvals set actor = 'token:eve'")
                                        .update())
                .hasMessageContaining("it can only become void");
    }

    @Test
    void anApprovalIsVoidOnceTheWindowsChangeBeforeAnythingWasBegun() {
        SimulatedAgent agent = world.agent("web-1", "curl");
        window("night", Duration.ofHours(5), Duration.ofHours(3));
        world.policy(Autonomy.APPROVE);
        world.until(this::asked);
        RolloutId id = world.newest().id();
        world.module.steer().approve(id, "token:ann", Optional.empty());
        world.ticks(5);
        assertThat(is(State.Running.class)).isTrue();
        window("noon", Duration.ofHours(1), Duration.ofHours(3));
        world.until(this::asked);
        assertThat(world.module.approvals().of(id).getFirst().voidReason())
                .contains("by token:ann is void", "now: window web noon");
        world.clock.pass(Duration.ofHours(2));
        world.ticks(5);
        assertThat(agent.changes).isZero();
        world.module.steer().approve(id, "token:ann", Optional.empty());
        world.until(world::ended);
        assertThat(agent.installed()).containsEntry("curl", "2");
    }

    @Test
    void whatWasSeenBeforeAHostLeftCannotBeApprovedAnyMore() {
        world.agent("web-1", "curl");
        world.agent("web-2", "curl");
        world.policy(Autonomy.APPROVE);
        world.until(this::asked);
        Rollout waiting = world.newest();
        SimulatedAgent last =
                world.agents.stream()
                        .filter(agent -> world.of(agent).wave() == 2)
                        .findFirst()
                        .orElseThrow();
        Optional<String> seen = Optional.ofNullable(RolloutLifecycle.approvable(waiting.state()));
        world.module.decide().skip(waiting.id(), last.host, "token:ann", "It is in repair.");
        assertThatThrownBy(() -> world.module.steer().approve(waiting.id(), "token:ann", seen))
                .isInstanceOf(NotNow.class)
                .hasMessageContaining("The plans changed");
        world.module.steer().approve(waiting.id(), "token:ann", Optional.empty());
        world.until(world::ended);
        assertThat(last.changes).isZero();
    }

    @Test
    void anAnnouncementBeginsAnewWhenItsWindowsAreDropped() {
        world.agent("web-1", "curl");
        window("night", Duration.ofHours(30), Duration.ofHours(3));
        rules(Duration.ofHours(2));
        world.policy(Autonomy.VETO);
        world.until(this::announced);
        Instant startsAt = starts();
        world.clock.pass(Duration.ofHours(1));
        MaintenanceWindow night = world.fleet.maintenance.windows().getFirst();
        world.fleet.maintenance.remove("token:ann", night.id());
        world.ticks(2);
        assertThat(announced()).isTrue();
        assertThat(starts()).isAfter(startsAt.plus(Duration.ofMinutes(50)));
    }

    private Instant starts() {
        return world.newest().state() instanceof State.Announced(Instant startsAt, _)
                ? startsAt
                : Instant.EPOCH;
    }
}
