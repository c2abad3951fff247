package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DeploymentLifecycleTest {
    private static final OrderId ORDER = Samples.order(1);

    /// What each event about order 1 makes of each state; `.` where nothing changes, `-` where a
    /// decision does not fit. States as in [#STATES], by their initials.
    private static final String TABLE =
            """
            event            Pl  Re  Rd  Ft  Ap  Df  Da  Vr  Vb  Dn  Ni  Uh  Rs  Br  Sk  Rb  Ro
            RehearsalOrdered Re  -   -   -   -   -   -   -   -   -   -   -   -   -   -   -   -
            WaveAssigned     Pl  -   Rd  -   -   -   -   -   -   -   -   -   -   -   -   -   -
            ApplyOrdered     -   -   Ap  -   -   -   -   -   -   -   -   -   -   -   -   -   -
            RebootOrdered    -   -   -   -   -   -   -   -   -   -   Vr  -   -   -   -   -   -
            RestoreOrdered   -   -   -   -   -   -   -   -   -   Rb  Rb  Rb  -   Rb  -   -   -
            Withdrawn        Sk  Sk  Sk  -   Sk  -   -   -   -   -   -   -   -   -   -   -   -
            ClassFailed      Sk  -   -   -   -   -   -   -   -   -   -   -   -   -   -   -   -
            DoubtAccepted    -   -   -   -   -   Da  Da  -   -   -   -   -   -   -   -   -   -
            RehearsalPassed  .   Rd  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
            RehearsalFailed  .   Ft  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
            ProvedNothing    .   Sk  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
            RehearsalLost    .   Pl  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
            PlanExtended     .   Pl  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
            InEffect         .   .   .   .   Dn  Dn  Dn  .   .   .   .   .   .   .   .   .   .
            NotInEffect      .   .   .   .   Ni  Ni  Ni  .   .   .   .   .   .   .   .   .   .
            NotStarted       .   .   .   .   Sk  Sk  Sk  .   .   .   .   .   .   .   .   .   .
            RestoredItself   .   .   .   .   Rs  Rs  Rs  .   .   .   .   .   .   .   .   .   .
            LeftBroken       .   .   .   .   Br  Br  Br  .   .   .   .   .   .   .   .   .   .
            RestoreEnded     .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   Ro  .
            RestoreFailed    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   Br  .
            RefusedBusy      .   .   .   .   Rd  Sk  Sk  Ni  Ni  .   .   .   .   .   .   Br  .
            RefusedUnknown   .   .   .   .   Pl  Sk  Sk  Ni  Ni  .   .   .   .   .   .   Br  .
            RefusedByOwner   .   .   .   .   Sk  Sk  Sk  Ni  Ni  .   .   .   .   .   .   Br  .
            OrderFailed      .   .   .   .   Br  Br  Br  Ni  Ni  .   .   .   .   .   .   Br  .
            OrderExpired     .   .   .   .   Df  .   .   Ni  .   .   .   .   .   .   .   Br  .
            OrderTakenBack   .   .   .   .   Rd  .   .   Ni  .   .   .   .   .   .   .   .   .
            Rebooted         .   .   .   .   .   .   .   Vb  .   .   .   .   .   .   .   .   .
            SeenInEffect     .   .   .   .   .   .   .   .   Dn  .   Dn  .   .   .   .   .   .
            SeenNotInEffect  .   .   .   .   .   .   .   .   Ni  .   .   .   .   .   .   .   .
            SeenUnchanged    .   .   .   .   .   Sk  Sk  .   .   .   .   .   .   .   .   .   .
            Recovered        .   .   .   .   .   .   .   .   .   .   .   Dn  .   .   .   .   .
            SeenUnhealthy    .   .   .   .   .   .   .   .   Uh  Uh  Uh  .   .   .   .   .   .
            SeenRestored     .   .   .   .   .   .   .   .   .   Ro  Ro  Ro  .   Ro  .   .   .
            Unrehearsed      -   -   -   -   -   -   -   -   -   -   -   -   -   -   -   -   -
            RetryWanted      -   -   -   -   -   -   -   -   -   -   -   -   -   -   Pl  -   -
            LeftOut          Sk  Sk  Sk  -   -   Da  .   -   -   -   -   -   -   -   Sk  -   -
            HostRetired      Sk  Sk  Sk  .   Sk  Sk  .   Sk  Sk  .   .   .   .   .   .   Sk  .
            """;

    private static final Acceptance ACCEPTANCE =
            new Acceptance(Samples.plan("curl").plan().digest(), "alice", "seen by hand");
    private static final Map<String, State> STATES = new LinkedHashMap<>();
    private static final Map<String, Event> EVENTS = new LinkedHashMap<>();

    static {
        OrderId rehearsal = Samples.order(9);
        STATES.put("Pl", new State.Planned(false));
        STATES.put("Re", new State.Rehearsing(ORDER));
        STATES.put("Rd", new State.Rehearsed(rehearsal));
        STATES.put("Ft", new State.FailedInTwin(ORDER, List.of("bad")));
        STATES.put("Ap", new State.Applying(rehearsal, ORDER));
        STATES.put("Df", new State.Doubtful(ORDER, "silent", false));
        STATES.put("Da", new State.Doubtful(ORDER, "silent", true));
        STATES.put("Vr", new State.Verifying("cp-1", ORDER, false, List.of("kernel")));
        STATES.put("Vb", new State.Verifying("cp-1", ORDER, true, List.of("kernel")));
        STATES.put("Dn", new State.Done("cp-1"));
        STATES.put("Ni", new State.NotInEffect("cp-1", true, List.of("kernel")));
        STATES.put("Uh", new State.Unhealthy("cp-1", List.of("failed")));
        STATES.put("Rs", new State.Restored(List.of("bad")));
        STATES.put("Br", new State.Broken("cp-1", List.of("bad")));
        STATES.put("Sk", new State.Skipped(Skip.OFFLINE, "silent"));
        STATES.put("Rb", new State.RollingBack("cp-1", ORDER));
        STATES.put("Ro", new State.RolledBack("cp-1"));

        EVENTS.put("RehearsalOrdered", new Event.RehearsalOrdered(ORDER));
        EVENTS.put("WaveAssigned", new Event.WaveAssigned(2));
        EVENTS.put("ApplyOrdered", new Event.ApplyOrdered(ORDER));
        EVENTS.put("RebootOrdered", new Event.RebootOrdered(ORDER));
        EVENTS.put("RestoreOrdered", new Event.RestoreOrdered(ORDER));
        EVENTS.put("Withdrawn", new Event.Withdrawn("halted"));
        EVENTS.put("ClassFailed", new Event.ClassFailed(rehearsal, "one like it failed"));
        EVENTS.put("DoubtAccepted", new Event.DoubtAccepted());
        EVENTS.put("RehearsalPassed", new Event.RehearsalPassed(ORDER));
        EVENTS.put("RehearsalFailed", new Event.RehearsalFailed(ORDER, List.of("bad")));
        EVENTS.put(
                "ProvedNothing",
                new Event.RehearsalProvedNothing(ORDER, Skip.INCONCLUSIVE, "no twin"));
        EVENTS.put("RehearsalLost", new Event.RehearsalLost(ORDER, "busy"));
        EVENTS.put("PlanExtended", new Event.PlanExtended(ORDER, Samples.plan("curl", "libssl")));
        EVENTS.put("InEffect", ended(Outcome.IN_EFFECT));
        EVENTS.put("NotInEffect", ended(Outcome.NOT_IN_EFFECT));
        EVENTS.put("NotStarted", ended(Outcome.NOT_STARTED));
        EVENTS.put("RestoredItself", ended(Outcome.RESTORED));
        EVENTS.put("LeftBroken", ended(Outcome.BROKEN));
        EVENTS.put("RestoreEnded", new Event.RestoreEnded(ORDER, Samples.restored(true)));
        EVENTS.put("RestoreFailed", new Event.RestoreEnded(ORDER, Samples.restored(false)));
        EVENTS.put("RefusedBusy", new Event.OrderRefused(ORDER, Refusal.BUSY, "busy"));
        EVENTS.put(
                "RefusedUnknown", new Event.OrderRefused(ORDER, Refusal.NOT_REHEARSED, "unknown"));
        EVENTS.put("RefusedByOwner", new Event.OrderRefused(ORDER, Refusal.LOCAL_POLICY, "no"));
        EVENTS.put("OrderFailed", new Event.OrderFailed(ORDER, "fault"));
        EVENTS.put("OrderExpired", new Event.OrderExpired(ORDER, "silent"));
        EVENTS.put("OrderTakenBack", new Event.OrderTakenBack(ORDER));
        EVENTS.put("Rebooted", new Event.Rebooted(ORDER));
        EVENTS.put("SeenInEffect", new Event.SeenInEffect());
        EVENTS.put("SeenNotInEffect", new Event.SeenNotInEffect(List.of("kernel")));
        EVENTS.put("SeenUnchanged", new Event.SeenUnchanged());
        EVENTS.put("Recovered", new Event.Recovered(List.of()));
        EVENTS.put("SeenUnhealthy", new Event.SeenUnhealthy(List.of("failed")));
        EVENTS.put("SeenRestored", new Event.SeenRestored("cp-1"));
        EVENTS.put("Unrehearsed", new Event.UnrehearsedAccepted(rehearsal, 2, ACCEPTANCE));
        EVENTS.put("RetryWanted", new Event.RetryWanted(2));
        EVENTS.put("LeftOut", new Event.LeftOut("alice", "not now"));
        EVENTS.put("HostRetired", new Event.HostRetired());
    }

    private static Event ended(Outcome outcome) {
        return new Event.ApplyEnded(ORDER, Samples.applied(outcome));
    }

    @TestFactory
    List<DynamicTest> everyStateMovesOnEveryEventAsTheTableSays() {
        List<String[]> rows = TABLE.lines().map(line -> line.trim().split("\\s+")).toList();
        List<String> states = Arrays.asList(rows.getFirst()).subList(1, rows.getFirst().length);
        assertThat(states).containsExactlyElementsOf(STATES.keySet());
        assertThat(rows.stream().skip(1).map(row -> row[0]))
                .containsExactlyElementsOf(EVENTS.keySet());
        List<DynamicTest> tests = new ArrayList<>();
        for (String[] row : rows.subList(1, rows.size())) {
            for (int i = 0; i < states.size(); i++) {
                String state = states.get(i);
                String expected = row[i + 1];
                tests.add(
                        DynamicTest.dynamicTest(
                                "%s on %s: %s".formatted(state, row[0], expected),
                                () -> check(state, row[0], expected)));
            }
        }
        return tests;
    }

    private static void check(String state, String event, String expected) {
        Deployment before = in(Objects.requireNonNull(STATES.get(state)));
        Event happens = Objects.requireNonNull(EVENTS.get(event));
        if (expected.equals("-")) {
            assertThatThrownBy(() -> DeploymentLifecycle.next(before, happens))
                    .isInstanceOf(NotNow.class);
            return;
        }
        Deployment after = DeploymentLifecycle.next(before, happens);
        if (expected.equals(".")) {
            assertThat(after).isEqualTo(before);
        } else {
            assertThat(after.state()).hasSameClassAs(Objects.requireNonNull(STATES.get(expected)));
            if (after.state() instanceof State.Doubtful(_, _, boolean accepted)) {
                assertThat(accepted).isEqualTo(expected.equals("Da"));
            }
            if (after.state() instanceof State.Verifying(_, _, boolean rebooted, _)) {
                assertThat(rebooted).isEqualTo(expected.equals("Vb"));
            }
        }
    }

    private static Deployment in(State state) {
        return Samples.deployment(Samples.host(1), 1, state);
    }

    @Test
    void everyKindOfStateAndEventIsInTheTable() {
        assertThat(STATES.values().stream().map(State::getClass).distinct())
                .containsExactlyInAnyOrder(RolloutLifecycleTest.subclasses(State.class));
        assertThat(EVENTS.values().stream().map(Event::getClass).distinct())
                .containsExactlyInAnyOrder(RolloutLifecycleTest.subclasses(Event.class));
    }

    @TestFactory
    List<DynamicTest> whatConcernsAnotherOrderChangesNothing() {
        Map<String, Event> foreign = new LinkedHashMap<>();
        OrderId other = Samples.order(77);
        foreign.put("passed", new Event.RehearsalPassed(other));
        foreign.put("failed", new Event.RehearsalFailed(other, List.of("bad")));
        foreign.put("extended", new Event.PlanExtended(other, Samples.plan("x")));
        foreign.put("nothing", new Event.RehearsalProvedNothing(other, Skip.OFFLINE, "x"));
        foreign.put("applied", new Event.ApplyEnded(other, Samples.applied(Outcome.BROKEN)));
        foreign.put("restored", new Event.RestoreEnded(other, Samples.restored(true)));
        foreign.put("refused", new Event.OrderRefused(other, Refusal.BUSY, "busy"));
        foreign.put("fault", new Event.OrderFailed(other, "fault"));
        foreign.put("expired", new Event.OrderExpired(other, "silent"));
        foreign.put("rebooted", new Event.Rebooted(other));
        List<DynamicTest> tests = new ArrayList<>();
        foreign.forEach(
                (name, event) ->
                        STATES.forEach(
                                (state, value) ->
                                        tests.add(
                                                DynamicTest.dynamicTest(
                                                        state + " on a foreign " + name,
                                                        () ->
                                                                assertThat(
                                                                                DeploymentLifecycle
                                                                                        .next(
                                                                                                in(
                                                                                                        value),
                                                                                                event))
                                                                        .isEqualTo(in(value))))));
        return tests;
    }

    @Test
    void anAcceptanceLastsThroughAnOrderThatCameTooEarly() {
        Deployment inconclusive = in(new State.Skipped(Skip.INCONCLUSIVE, "no twin"));
        Deployment accepted =
                DeploymentLifecycle.next(
                        inconclusive,
                        new Event.UnrehearsedAccepted(Samples.order(9), 2, ACCEPTANCE));
        assertThat(accepted.state()).isEqualTo(new State.Rehearsed(Samples.order(9), ACCEPTANCE));
        assertThat(accepted.wave()).isEqualTo(2);
        assertThat(accepted.attempts()).isZero();
        Deployment ordered = DeploymentLifecycle.next(accepted, new Event.ApplyOrdered(ORDER));
        Deployment busy =
                DeploymentLifecycle.next(
                        ordered, new Event.OrderRefused(ORDER, Refusal.BUSY, "busy"));
        assertThat(busy.state()).isEqualTo(accepted.state());
    }

    @Test
    void givesUpAHostThatIsBusyForEver() {
        Deployment d = in(new State.Rehearsed(Samples.order(9)));
        for (int i = 0; d.state() instanceof State.Rehearsed; i++) {
            assertThat(i).isLessThan(Deployment.MOST_ATTEMPTS);
            d = DeploymentLifecycle.next(d, new Event.ApplyOrdered(Samples.order(100 + i)));
            d =
                    DeploymentLifecycle.next(
                            d, new Event.OrderRefused(Samples.order(100 + i), Refusal.BUSY, "b"));
        }
        assertThat(d.state())
                .isInstanceOfSatisfying(
                        State.Skipped.class,
                        skipped -> assertThat(skipped.why()).isEqualTo(Skip.TOO_MANY_ATTEMPTS));
    }

    @Test
    void anApplyThatEndsAfterAllSettlesTheDoubt() {
        Deployment d = in(new State.Doubtful(ORDER, "silent", true));
        assertThat(DeploymentLifecycle.next(d, ended(Outcome.IN_EFFECT)).state())
                .isEqualTo(new State.Done("cp-1"));
    }

    @Test
    void aRebootThatCameTooEarlyIsOrderedAgainButNotForEver() {
        Deployment d = in(new State.NotInEffect("cp-1", true, List.of("kernel")));
        int reboots = 0;
        while (d.state() instanceof State.NotInEffect(_, boolean helps, _) && helps) {
            reboots++;
            d = DeploymentLifecycle.next(d, new Event.RebootOrdered(ORDER));
            d = DeploymentLifecycle.next(d, new Event.OrderRefused(ORDER, Refusal.STOPPED, "stop"));
        }
        assertThat(reboots).isEqualTo(Deployment.MOST_ATTEMPTS - 1);
    }

    @Test
    void doesNotOrderASecondRebootThatCannotHelp() {
        Deployment d = in(new State.NotInEffect("cp-1", false, List.of("kernel")));
        assertThatThrownBy(() -> DeploymentLifecycle.next(d, new Event.RebootOrdered(ORDER)))
                .isInstanceOf(NotNow.class);
    }
}
