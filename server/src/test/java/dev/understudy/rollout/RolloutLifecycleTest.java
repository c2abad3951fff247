package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.rollout.Rollout.Event;
import dev.understudy.rollout.Rollout.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RolloutLifecycleTest {
    /// What each event makes of each state; `-` where it does not fit.
    private static final String TABLE =
            """
            event        Rehearsing       AwaitingApproval Announced        Objected    Running          Soaking     Held        Paused      Halted      RollingBack RolledBack Completed
            Rehearsed    Running          -                -                -           -                -           -           -           -           -           -          -
            Asked        AwaitingApproval -                -                -           -                -           -           -           -           -           -          -
            AnnouncedFor Announced        -                -                -           -                -           -           -           -           -           -          -
            Unopposed    -                -                Running          -           -                -           -           -           -           -           -          -
            Changed      -                AwaitingApproval AwaitingApproval Objected    AwaitingApproval -           -           -           -           -           -          -
            Anew         -                Announced        Announced        Objected    Announced        -           -           -           -           -           -          -
            GaveWay Completed Completed Completed - - - - - - - - -
            Finished     Completed        -                -                -           -                Completed   Completed   -           -           -           -          -
            WaveSettled  -                -                -                -           Soaking          -           -           -           -           -           -          -
            Promoted     -                -                -                -           -                Running     Running     -           -           -           -          -
            HeldBack     -                -                -                -           -                Held        Held        -           -           -           -          -
            Failed       Halted           Halted           Halted           -           Halted           Halted      Halted      -           -           -           -          -
            Restored     -                -                -                -           -                -           -           -           -           RolledBack  -          -
            Approved     -                Running          Running          -           -                -           -           -           -           -           -          -
            Veto         -                -                Objected         -           -                -           -           -           -           -           -          -
            Lifted       -                -                -                Announced   -                -           -           -           -           -           -          -
            Pause        Paused           Paused           Paused           Paused      Paused           Paused      Paused      -           -           -           -          -
            Resume       -                -                -                -           -                -           -           Running     -           -           -          -
            Reopened     -                -                -                -           -                -           -           -           -           -           -          Running
            Again        -                Rehearsing       Rehearsing       -           -                -           -           -           -           -           -          -
            Halt         Halted           Halted           Halted           Halted      Halted           Halted      Halted      Halted      -           -           -          -
            RollBack     RollingBack      RollingBack      RollingBack      RollingBack RollingBack      RollingBack RollingBack RollingBack RollingBack -           -          RollingBack
            """;

    private static final Map<String, State> STATES = new LinkedHashMap<>();
    private static final Map<String, Event> EVENTS = new LinkedHashMap<>();

    static {
        Stream.of(
                        new State.Rehearsing(),
                        new State.AwaitingApproval("hash"),
                        new State.Announced(Samples.NOW, "hash"),
                        new State.Objected("hash", "bob", "not now"),
                        new State.Running(1),
                        new State.Soaking(1, Samples.NOW),
                        new State.Held(1, Samples.NOW, "doubt"),
                        new State.Paused(new State.Running(2), "alice", "lunch"),
                        new State.Halted("alice", "bad"),
                        new State.RollingBack("alice", "bad"),
                        new State.RolledBack("all back"),
                        new State.Completed("all done"))
                .forEach(state -> STATES.put(state.getClass().getSimpleName(), state));
        EVENTS.put("Rehearsed", new Event.Rehearsed(false, "hash"));
        EVENTS.put("Asked", new Event.Rehearsed(true, "hash"));
        EVENTS.put("AnnouncedFor", new Event.Announced(Samples.NOW, "hash"));
        EVENTS.put("Unopposed", new Event.Unopposed());
        EVENTS.put("Changed", new Event.PlanChanged("other", null));
        EVENTS.put("Anew", new Event.PlanChanged("other", Samples.NOW));
        EVENTS.put("GaveWay", new Event.GaveWay("later"));
        EVENTS.put("Finished", new Event.Finished("done"));
        EVENTS.put("WaveSettled", new Event.WaveSettled(Samples.NOW));
        EVENTS.put("Promoted", new Event.Promoted(2));
        EVENTS.put("HeldBack", new Event.HeldBack("doubt"));
        EVENTS.put("Failed", new Event.Failed("understudy", "bad"));
        EVENTS.put("Restored", new Event.Restored("back"));
        EVENTS.put("Approved", new Event.Approved("hash"));
        EVENTS.put("Veto", new Event.Veto("bob", "not now"));
        EVENTS.put("Lifted", new Event.Lifted(Samples.NOW));
        EVENTS.put("Pause", new Event.Pause("alice", "lunch"));
        EVENTS.put("Resume", new Event.Resume());
        EVENTS.put("Reopened", new Event.Reopened(2, "alice", "one more host"));
        EVENTS.put("Again", new Event.RehearseAgain());
        EVENTS.put("Halt", new Event.Halt("alice", "bad"));
        EVENTS.put("RollBack", new Event.RollBack("alice", "bad"));
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
        State before = Objects.requireNonNull(STATES.get(state));
        Event happens = Objects.requireNonNull(EVENTS.get(event));
        if (expected.equals("-")) {
            assertThatThrownBy(() -> RolloutLifecycle.next(before, happens))
                    .isInstanceOf(NotNow.class);
        } else {
            assertThat(RolloutLifecycle.next(before, happens).getClass().getSimpleName())
                    .isEqualTo(expected);
        }
    }

    @Test
    void everyKindOfStateAndEventIsInTheTable() {
        assertThat(STATES.values().stream().map(State::getClass))
                .containsExactlyInAnyOrder(subclasses(State.class));
        assertThat(EVENTS.values().stream().map(Event::getClass).distinct())
                .containsExactlyInAnyOrder(subclasses(Event.class));
    }

    @Test
    void goesOnWhereItWasPaused() {
        State soaking = new State.Soaking(3, Samples.NOW);
        State paused = RolloutLifecycle.next(soaking, new Event.Pause("alice", "lunch"));
        assertThat(RolloutLifecycle.next(paused, new Event.Resume())).isEqualTo(soaking);
    }

    @Test
    void takesAnApprovalOnlyForThePlansThatWereApproved() {
        State asked = new State.AwaitingApproval("hash");
        assertThatThrownBy(() -> RolloutLifecycle.next(asked, new Event.Approved("other")))
                .isInstanceOf(NotNow.class)
                .hasMessageContaining("hash waits for approval");
    }

    @SuppressWarnings("unchecked")
    static <T> Class<? extends T>[] subclasses(Class<T> sealed) {
        return (Class<? extends T>[]) sealed.getPermittedSubclasses();
    }
}
