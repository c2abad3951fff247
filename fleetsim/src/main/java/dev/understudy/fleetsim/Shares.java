package dev.understudy.fleetsim;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Draws from 0 to n − 1 as Zipf has it: the k-th is drawn in proportion to 1/k^s.
final class Shares {
    private final double[] upTo;

    Shares(int n, double s) {
        upTo = new double[n];
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += 1 / Math.pow(k + 1, s);
            upTo[k] = sum;
        }
        for (int k = 0; k < n; k++) {
            upTo[k] /= sum;
        }
    }

    int draw(RandomGenerator random) {
        int at = Arrays.binarySearch(upTo, random.nextDouble());
        return Math.min(upTo.length - 1, at < 0 ? -at - 1 : at);
    }
}
