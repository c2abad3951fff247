package dev.understudy.rollout.gate;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/// How likely so many failures are among the next hosts of the sample.
final class Draws {
    private final Bound bound;
    private final int sampled;
    private final int bad;
    private final Map<Long, double[]> known = new HashMap<>();

    /// @param sampled how many hosts the sample is drawn from
    Draws(Bound bound, int sampled) {
        this.bound = bound;
        this.sampled = sampled;
        this.bad = (int) Math.ceil(bound.harmful() * sampled - 1e-9);
    }

    /// Whether a broken host shows it for certain, so that the number of those can be counted.
    boolean fixed() {
        return bound.shown() == 1;
    }

    /// The probability of `failures` among `more` hosts after `judged` with `failed`.
    interface Law {
        double probability(int judged, int failed, int more, int failures);
    }

    double good(int judged, int failed, int more, int failures) {
        return chance(bound.goodRate(), more, failures);
    }

    double bad(int judged, int failed, int more, int failures) {
        return chance(bound.badRate(), more, failures);
    }

    /// As [#bad], where exactly so many of the hosts are broken and none is drawn twice.
    double badOnes(int judged, int failed, int more, int failures) {
        int left = Math.max(0, bad - failed);
        return failures > left
                ? 0
                : HypergeometricDistribution.of(sampled - judged, left, more).probability(failures);
    }

    /// The greatest probability that a harmful patch shows no failure in a sample.
    double faultless(int sample) {
        double byChance = Math.pow(1 - bound.badRate(), sample);
        return fixed() ? Math.max(byChance, badOnes(0, 0, sample, 0)) : byChance;
    }

    /// The probability of `failures` among `more` hosts that each fail with probability `rate`.
    double chance(double rate, int more, int failures) {
        if (failures > more) {
            return 0;
        }
        double[] law =
                known.computeIfAbsent(
                        Double.doubleToLongBits(rate) * 31 + more, _ -> law(rate, more));
        return failures < law.length ? law[failures] : 0;
    }

    private double[] law(double rate, int more) {
        BinomialDistribution binomial = BinomialDistribution.of(more, rate);
        double[] law = new double[Math.min(more, bound.haltAt(2 * more + 100) + 1) + 1];
        for (int failures = 0; failures < law.length; failures++) {
            law[failures] = binomial.probability(failures);
        }
        return law;
    }
}
