package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Investigation.Event;
import dev.understudy.rollout.Investigation.Outcome;
import dev.understudy.rollout.Investigation.State;
import dev.understudy.rollout.Investigation.Trial;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InvestigationLifecycleTest {
    private static final List<PatchId> EIGHT =
            IntStream.range(0, 8).mapToObj(i -> Samples.patch("p" + i)).toList();
    private int trials;

    @Test
    void findsTheOneCulpritInSixTrials() {
        assertThat(search(EIGHT, List.of(), failsWith(Set.of(EIGHT.get(5)))))
                .isEqualTo(new State.Ended(List.of(EIGHT.get(5)), List.of()));
        assertThat(trials).isEqualTo(6);
    }

    @Test
    void triesFirstWhatTheFailureNames() {
        List<PatchId> named = List.of(EIGHT.get(5));
        assertThat(search(EIGHT, named, failsWith(Set.of(EIGHT.get(5)))))
                .isEqualTo(new State.Ended(named, List.of()));
        assertThat(trials).isEqualTo(2);
    }

    @Test
    void findsEveryCulpritWhicheverTheyAre() {
        Random random = new Random(7);
        for (int run = 0; run < 500; run++) {
            Set<PatchId> bad = new HashSet<>();
            bad.add(EIGHT.get(random.nextInt(8)));
            bad.add(EIGHT.get(random.nextInt(8)));
            State.Ended ended = search(EIGHT, List.of(), failsWith(bad));
            assertThat(ended.culprits()).containsExactlyInAnyOrderElementsOf(bad);
            assertThat(ended.uncleared()).isEmpty();
        }
    }

    @Test
    void clearsNoneOfThoseThatFailOnlyTogether() {
        Set<PatchId> pair = Set.of(EIGHT.get(4), EIGHT.get(5));
        State.Ended ended =
                search(
                        EIGHT,
                        List.of(),
                        tried -> tried.containsAll(pair) ? Outcome.FAILED : Outcome.PASSED);
        assertThat(ended.culprits()).isEmpty();
        assertThat(ended.uncleared()).containsExactlyInAnyOrderElementsOf(pair);
    }

    @Test
    void keepsUnderSuspicionWhatCannotBeTriedAlone() {
        State.Ended ended =
                search(
                        EIGHT,
                        List.of(),
                        tried ->
                                tried.contains(EIGHT.get(0))
                                        ? Outcome.UNTESTABLE
                                        : failsWith(Set.of(EIGHT.get(7))).apply(tried));
        assertThat(ended.culprits()).containsExactly(EIGHT.get(7));
        assertThat(ended.uncleared()).containsExactlyElementsOf(EIGHT.subList(0, 4));
    }

    @Test
    void needsNoTrialForASinglePatch() {
        assertThat(InvestigationLifecycle.open(EIGHT.subList(0, 1), List.of()))
                .isEqualTo(new State.Ended(EIGHT.subList(0, 1), List.of()));
    }

    @Test
    void repeatsALostTrialAndThenClearsNobody() {
        State state = InvestigationLifecycle.open(EIGHT, List.of());
        int orders = 0;
        while (!(state instanceof State.Ended)) {
            state = InvestigationLifecycle.next(state, new Event.Ordered(Samples.order(orders)));
            state = InvestigationLifecycle.next(state, new Event.Lost(Samples.order(orders)));
            orders++;
        }
        assertThat(orders).isEqualTo(3);
        assertThat(state).isEqualTo(new State.Ended(List.of(), EIGHT));
    }

    @Test
    void ignoresAnswersToTrialsThatAreNotUnderWay() {
        State state = InvestigationLifecycle.open(EIGHT, List.of());
        assertThat(
                        InvestigationLifecycle.next(
                                state, new Event.Answered(Samples.order(1), Outcome.FAILED)))
                .isEqualTo(state);
    }

    private static Function<List<PatchId>, Outcome> failsWith(Set<PatchId> bad) {
        return tried -> tried.stream().anyMatch(bad::contains) ? Outcome.FAILED : Outcome.PASSED;
    }

    private State.Ended search(
            List<PatchId> failing, List<PatchId> named, Function<List<PatchId>, Outcome> twin) {
        State state = InvestigationLifecycle.open(failing, named);
        trials = 0;
        while (true) {
            Trial trial =
                    switch (state) {
                        case State.FirstHalf(_, Trial t, _) -> t;
                        case State.SecondHalf(_, _, _, Trial t) -> t;
                        case State.Ended _ -> Trial.of(List.of());
                    };
            if (state instanceof State.Ended ended) {
                return ended;
            }
            trials++;
            assertThat(trials).isLessThanOrEqualTo(InvestigationLifecycle.MOST_TRIALS + 1);
            state = InvestigationLifecycle.next(state, new Event.Ordered(Samples.order(trials)));
            state =
                    InvestigationLifecycle.next(
                            state,
                            new Event.Answered(Samples.order(trials), twin.apply(trial.patches())));
        }
    }
}
