package dev.understudy.advisory;

import java.util.Arrays;
import java.util.Optional;

/// Tells a change of the model that makes scores from a change of what is scored: the population
/// stability index of the same vulnerabilities' scores before and after. Day by day it is about 0,
/// at the known changes of EPSS's model above 0.5; from 0.25 the distribution counts as another.
public final class DriftGuard {
    /// From here a swap of the model is assumed.
    public static final double SWAPPED = 0.25;

    /// From here it is worth a word.
    static final double MOVED = 0.1;

    /// Fewer common scores say nothing.
    static final int FEWEST = 50;

    private static final int BINS = 10;

    /// What an empty bin counts as, so that the logarithm exists.
    private static final double EMPTY_BIN = 1e-4;

    private DriftGuard() {}

    /// The index Σ(q−p)·ln(q/p) over the deciles of `before`; both hold the same vulnerabilities.
    /// Empty where there are too few to say.
    public static Optional<Double> psi(double[] before, double[] after) {
        if (before.length < FEWEST || after.length < FEWEST) {
            return Optional.empty();
        }
        double[] edges = deciles(before);
        double[] p = shares(before, edges);
        double[] q = shares(after, edges);
        double sum = 0;
        for (int bin = 0; bin < p.length; bin++) {
            sum += (q[bin] - p[bin]) * Math.log(q[bin] / p[bin]);
        }
        return Optional.of(sum);
    }

    private static double[] deciles(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] edges = new double[BINS - 1];
        for (int i = 1; i < BINS; i++) {
            edges[i - 1] = sorted[sorted.length * i / BINS];
        }
        return Arrays.stream(edges).distinct().toArray();
    }

    private static double[] shares(double[] values, double[] edges) {
        double[] shares = new double[edges.length + 1];
        for (double value : values) {
            int bin = 0;
            while (bin < edges.length && value >= edges[bin]) {
                bin++;
            }
            shares[bin]++;
        }
        for (int bin = 0; bin < shares.length; bin++) {
            shares[bin] = Math.max(shares[bin] / values.length, EMPTY_BIN);
        }
        return shares;
    }
}
