package dev.understudy.rollout;

import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Investigation.Event;
import dev.understudy.rollout.Investigation.Outcome;
import dev.understudy.rollout.Investigation.Search;
import dev.understudy.rollout.Investigation.State;
import dev.understudy.rollout.Investigation.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The only place that moves an investigation. A group fails as a whole, so either a half of it
/// fails and is split again, or the halves fail only together and none of the group can be cleared.
final class InvestigationLifecycle {
    /// Bounds the search; with k culprits among n patches it needs about 2·k·log₂ n trials.
    static final int MOST_TRIALS = 40;

    private static final int MOST_ATTEMPTS = 3;

    private InvestigationLifecycle() {}

    /// Starts the search. `named` are patches that the failure itself points at: they are tried
    /// first.
    static State open(List<PatchId> failing, List<PatchId> named) {
        List<PatchId> suspects = failing.stream().filter(named::contains).toList();
        Search search = new Search(List.of(), List.of(), List.of(), 0);
        if (failing.size() < 2) {
            return new State.Ended(List.copyOf(failing), List.of());
        }
        if (suspects.isEmpty() || suspects.size() == failing.size()) {
            return split(search, failing);
        }
        return new State.FirstHalf(
                search,
                Trial.of(suspects),
                failing.stream().filter(patch -> !suspects.contains(patch)).toList());
    }

    static State next(State state, Event event) {
        return switch (event) {
            case Event.Ordered(var order) ->
                    switch (state) {
                        case State.FirstHalf(var search, var trial, var other) ->
                                new State.FirstHalf(search, ordered(trial, order), other);
                        case State.SecondHalf(var search, var first, var outcome, var trial) ->
                                new State.SecondHalf(search, first, outcome, ordered(trial, order));
                        case State.Ended _ ->
                                throw new NotNow("The investigation has ended; nothing is tried.");
                    };
            case Event.Answered(var order, var outcome) ->
                    isFor(state, order) ? answered(state, outcome) : state;
            case Event.Lost(var order) -> isFor(state, order) ? lost(state) : state;
            case Event.Abandoned _ -> abandoned(state);
        };
    }

    private static Trial ordered(Trial trial, dev.understudy.protocol.OrderId order) {
        if (trial.order() != null) {
            throw new NotNow("The trial was already ordered: " + trial.order());
        }
        return new Trial(trial.patches(), order, trial.attempts() + 1);
    }

    private static boolean isFor(State state, dev.understudy.protocol.OrderId order) {
        return switch (state) {
            case State.FirstHalf(_, Trial trial, _) -> order.equals(trial.order());
            case State.SecondHalf(_, _, _, Trial trial) -> order.equals(trial.order());
            case State.Ended _ -> false;
        };
    }

    private static State answered(State state, Outcome outcome) {
        return switch (state) {
            case State.FirstHalf(Search search, Trial trial, List<PatchId> other) ->
                    new State.SecondHalf(
                            oneMore(search), trial.patches(), outcome, Trial.of(other));
            case State.SecondHalf(
                            Search search,
                            List<PatchId> first,
                            Outcome before,
                            Trial trial) ->
                    conclude(oneMore(search), first, before, trial.patches(), outcome);
            case State.Ended _ -> state;
        };
    }

    private static State lost(State state) {
        return switch (state) {
            case State.FirstHalf(Search search, Trial trial, List<PatchId> other)
                    when trial.attempts() < MOST_ATTEMPTS ->
                    new State.FirstHalf(search, again(trial), other);
            case State.SecondHalf(Search search, var first, var outcome, Trial trial)
                    when trial.attempts() < MOST_ATTEMPTS ->
                    new State.SecondHalf(search, first, outcome, again(trial));
            case State.FirstHalf _, State.SecondHalf _ -> abandoned(state);
            case State.Ended _ -> state;
        };
    }

    private static Trial again(Trial trial) {
        return new Trial(trial.patches(), null, trial.attempts());
    }

    private static State conclude(
            Search search, List<PatchId> a, Outcome ofA, List<PatchId> b, Outcome ofB) {
        List<List<PatchId>> failing = new ArrayList<>(search.failing());
        List<PatchId> culprits = new ArrayList<>(search.culprits());
        List<PatchId> uncleared = new ArrayList<>(search.uncleared());
        if (ofA != Outcome.FAILED && ofB != Outcome.FAILED) {
            uncleared.addAll(a);
            uncleared.addAll(b);
        } else {
            file(a, ofA, failing, culprits, uncleared);
            file(b, ofB, failing, culprits, uncleared);
        }
        return goOn(new Search(failing, culprits, uncleared, search.trials()));
    }

    private static void file(
            List<PatchId> half,
            Outcome outcome,
            List<List<PatchId>> failing,
            List<PatchId> culprits,
            List<PatchId> uncleared) {
        switch (outcome) {
            case PASSED -> {}
            case UNTESTABLE -> uncleared.addAll(half);
            case FAILED -> {
                if (half.size() == 1) {
                    culprits.addAll(half);
                } else {
                    failing.add(half);
                }
            }
        }
    }

    private static State goOn(Search search) {
        if (search.failing().isEmpty()) {
            return new State.Ended(search.culprits(), search.uncleared());
        }
        if (search.trials() >= MOST_TRIALS) {
            return ended(search, List.of());
        }
        List<List<PatchId>> left = search.failing().subList(1, search.failing().size());
        return split(
                new Search(
                        List.copyOf(left), search.culprits(), search.uncleared(), search.trials()),
                search.failing().getFirst());
    }

    private static State split(Search search, List<PatchId> group) {
        int half = group.size() / 2;
        return new State.FirstHalf(
                search,
                Trial.of(List.copyOf(group.subList(0, half))),
                List.copyOf(group.subList(half, group.size())));
    }

    /// Whatever was not cleared until now stays under suspicion.
    private static State abandoned(State state) {
        return switch (state) {
            case State.FirstHalf(Search search, Trial trial, List<PatchId> other) ->
                    ended(search, Stream.concat(trial.patches().stream(), other.stream()).toList());
            case State.SecondHalf(Search search, var first, Outcome outcome, Trial trial) ->
                    ended(
                            search,
                            outcome == Outcome.PASSED
                                    ? trial.patches()
                                    : Stream.concat(first.stream(), trial.patches().stream())
                                            .toList());
            case State.Ended _ -> state;
        };
    }

    private static State ended(Search search, List<PatchId> onTrial) {
        Stream<PatchId> unsplit = search.failing().stream().flatMap(List::stream);
        return new State.Ended(
                search.culprits(),
                Stream.of(search.uncleared().stream(), unsplit, onTrial.stream())
                        .flatMap(s -> s)
                        .toList());
    }

    private static Search oneMore(Search search) {
        return new Search(
                search.failing(), search.culprits(), search.uncleared(), search.trials() + 1);
    }
}
