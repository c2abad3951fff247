package dev.understudy.rollout.gate;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/// How often the same symptom showed, in the same time, on hosts that got the patch and on hosts
/// that did not: the control group. Compared at the same time and never with before, so that what
/// befalls everybody is not put down to the patch.
///
/// The control alone says whether something external is going on ([#disturbed]): only then may a
/// wave be left out of the evidence without bias, since what the patched hosts show has no part in
/// it. The comparison ([#worse]) can only count against the patch.
///
/// @param symptom what was seen, as in `unit web.service`
/// @param against whom the patched hosts are compared with, as in `unpatched`
/// @param patched hosts that got the patch
/// @param patchedFailed those of them with the symptom
/// @param control hosts that did not; one of which nothing is known counts as well
/// @param controlFailed those of them with the symptom
public record Contrast(
        String symptom,
        String against,
        int patched,
        int patchedFailed,
        int control,
        int controlFailed) {
    /// How improbable the control's failures have to be as chance.
    public static final double CHANCE = 0.01;

    /// How improbable it has to be that patched hosts fail so much more often by chance.
    public static final double WORSE = 0.05;

    /// The misfortune of one host explains nothing.
    private static final int LEAST = 2;

    public Contrast {
        if (patchedFailed < 0
                || patchedFailed > patched
                || controlFailed < 0
                || controlFailed > control) {
            throw new IllegalArgumentException(
                    "%d of %d patched and %d of %d other hosts cannot have shown '%s'"
                            .formatted(patchedFailed, patched, controlFailed, control, symptom));
        }
    }

    /// What a symptom on patched hosts is put down to.
    public enum Cause {
        /// Also where nobody can tell.
        PATCH,
        /// Something that befalls hosts without the patch as well.
        EXTERNAL
    }

    /// Whether something external is going on: at least two hosts of the control failed, and if
    /// hosts fail at the rate `harmless` by themselves, as many or more would with a probability of
    /// at most [#CHANCE] (exact binomial test).
    public boolean disturbed(double harmless) {
        return controlFailed >= LEAST && byChance(harmless) <= CHANCE;
    }

    /// The probability that as many hosts of the control or more fail by themselves.
    public double byChance(double harmless) {
        return byChance(control, controlFailed, harmless);
    }

    /// The probability that as many patched hosts or more fail by themselves.
    public double patchedByChance(double harmless) {
        return byChance(patched, patchedFailed, harmless);
    }

    private static double byChance(int hosts, int failed, double rate) {
        return failed == 0
                ? 1
                : BinomialDistribution.of(hosts, rate).survivalProbability(failed - 1);
    }

    /// Whether patched hosts fail significantly more often (Fisher's exact test, one-sided).
    public boolean worse() {
        return worseByChance() <= WORSE;
    }

    /// The probability that chance puts so many of the failures, or more, on the patched hosts.
    public double worseByChance() {
        return patchedFailed == 0
                ? 1
                : HypergeometricDistribution.of(
                                patched + control, patchedFailed + controlFailed, patched)
                        .survivalProbability(patchedFailed - 1);
    }

    /// The patch is to blame unless the control shows the symptom too, and as often.
    public Cause cause(double harmless) {
        return disturbed(harmless) && !worse() ? Cause.EXTERNAL : Cause.PATCH;
    }

    /// The numbers, for people.
    public String sentence(double harmless) {
        return "%s: %d of %d patched hosts and %d of %d %s hosts (probability %s by chance alone; that patched hosts fail so much more often: %s)."
                .formatted(
                        symptom,
                        patchedFailed,
                        patched,
                        controlFailed,
                        control,
                        against,
                        digits(byChance(harmless)),
                        digits(worseByChance()));
    }

    private static String digits(double probability) {
        return probability < 0.0001
                ? "below 0.0001"
                : String.format(java.util.Locale.ROOT, "%.4f", probability);
    }
}
