package dev.understudy.fleetsim.policy;

import org.apache.commons.statistics.distribution.TDistribution;

/// The mean of paired differences with its 95 % interval by Student's t.
record Paired(double mean, double low, double high) {
    static Paired of(double[] one, double[] other) {
        int pairs = one.length;
        if (pairs < 2 || other.length != pairs) {
            throw new IllegalArgumentException(
                    "%d and %d worlds; expected as many of each, at least 2"
                            .formatted(pairs, other.length));
        }
        double mean = 0;
        for (int i = 0; i < pairs; i++) {
            mean += (one[i] - other[i]) / pairs;
        }
        double square = 0;
        for (int i = 0; i < pairs; i++) {
            double off = one[i] - other[i] - mean;
            square += off * off / (pairs - 1);
        }
        double half =
                TDistribution.of(pairs - 1.0).inverseCumulativeProbability(0.975)
                        * Math.sqrt(square / pairs);
        return new Paired(mean, mean - half, mean + half);
    }

    boolean below() {
        return high < 0;
    }

    boolean above() {
        return low > 0;
    }
}
