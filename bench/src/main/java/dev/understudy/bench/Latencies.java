package dev.understudy.bench;

import java.util.Arrays;

/// How long one thing took, many times, in milliseconds.
final class Latencies {
    private double[] millis = new double[1024];
    private int size;

    void add(long nanos) {
        if (size == millis.length) {
            millis = Arrays.copyOf(millis, size * 2);
        }
        millis[size++] = nanos / 1e6;
    }

    int size() {
        return size;
    }

    /// All of them together.
    static Latencies of(Iterable<Latencies> many) {
        Latencies together = new Latencies();
        for (Latencies each : many) {
            for (int i = 0; i < each.size; i++) {
                together.add(Math.round(each.millis[i] * 1e6));
            }
        }
        return together;
    }

    /// @param share 0.99 for the 99th percentile; the value that this share does not exceed
    double at(double share) {
        if (size == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        double[] sorted = Arrays.copyOf(millis, size);
        Arrays.sort(sorted);
        return sorted[Math.min(size - 1, (int) Math.ceil(share * size) - 1)];
    }
}
