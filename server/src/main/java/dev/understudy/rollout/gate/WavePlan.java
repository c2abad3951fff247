package dev.understudy.rollout.gate;

import java.util.List;

/// The waves by which one stratum proves a patch, and what each result of them means.
///
/// The sample is drawn at random, without putting back, from the stratum's hosts that are not
/// canaries. Decisions are made only when exactly the planned number of hosts was judged, so the
/// chance of a wrong acceptance is known exactly, whatever the pattern in which hosts fail.
/// Canaries are not random: each speaks for itself alone (its Horvitz–Thompson weight is 1), so
/// their failures count and their successes do not.
///
/// @param hosts all hosts of the stratum that get the patch
/// @param canaries how many of them go first
/// @param sampled how many of the rest the sample is drawn from
/// @param budget how many may have the patch before it is accepted, canaries included
/// @param first how many hosts of the sample the first wave has, beside the canaries
/// @param looks what follows when so many were judged, smallest first
public record WavePlan(
        Bound bound,
        Costs costs,
        int hosts,
        int canaries,
        int sampled,
        int budget,
        int first,
        List<Look> looks,
        Expectation harmless,
        Expectation harmful) {
    public WavePlan {
        looks = List.copyOf(looks);
    }

    /// @param size so many hosts of the sample were judged
    /// @param acceptUpTo so many failures or fewer accept the patch; −1 if none do
    /// @param haltAt so many failures or more halt it
    /// @param next by number of failures, how many hosts are to be judged before the next look; 0
    ///   where a person has to be asked, or nothing is left to do
    public record Look(int size, int acceptUpTo, int haltAt, List<Integer> next) {
        public Look {
            next = List.copyOf(next);
        }
    }

    /// How the test goes for a patch at the edge of being harmless or harmful.
    ///
    /// @param accepted the probability that it is accepted
    /// @param halted that it is halted
    /// @param asked that a person has to be asked
    /// @param waves how many waves the sample takes on average
    /// @param exposed how many hosts have the patch by then on average, canaries included
    public record Expectation(
            double accepted, double halted, double asked, double waves, double exposed) {}

    /// Before anything happened.
    public Standing start() {
        return new Standing(0, 0, first);
    }

    /// Whether so many failed that the patch has to be halted now. The hosts under way are taken to
    /// be good, since failures are told at once and successes only after the soak.
    public boolean halts(Standing now) {
        return now.failed() >= bound.haltAt(Math.max(now.judged(), now.target()));
    }

    /// What follows when the wave is over. Hosts that could not be judged are made up for by others
    /// before anything is decided.
    ///
    /// @param exposed how many hosts of the stratum were given the patch so far, canaries included
    public Step next(Standing now, int exposed) {
        if (halts(now)) {
            return new Step.Halt();
        }
        if (now.judged() < now.target()) {
            return sample(now, now.target(), exposed);
        }
        Look look = at(now.judged());
        if (now.failed() <= look.acceptUpTo()) {
            return new Step.Accept();
        }
        int target = now.failed() < look.next().size() ? look.next().get(now.failed()) : 0;
        return target == 0 ? new Step.Ask() : sample(now, target, exposed);
    }

    /// Where the step leads; unchanged unless it asks for more of the sample.
    public static Standing after(Standing now, Step step) {
        return step instanceof Step.Sample(_, int target) ? now.towards(target) : now;
    }

    private Step sample(Standing now, int target, int exposed) {
        int more = target - now.judged();
        return exposed + more > budget ? new Step.Ask() : new Step.Sample(more, target);
    }

    private Look at(int size) {
        return looks.stream()
                .filter(look -> look.size() == size)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "there is no look at %d hosts; looks: %s"
                                                .formatted(size, looks)));
    }
}
