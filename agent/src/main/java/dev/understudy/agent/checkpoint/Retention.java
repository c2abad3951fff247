package dev.understudy.agent.checkpoint;

import java.time.Duration;

/// How many checkpoints are kept, for how long, and how much space they may take together. The
/// newest is kept whatever its size.
public record Retention(int count, Duration age, long bytes) {
    public static final Retention USUAL = new Retention(10, Duration.ofDays(30), 4L << 30);

    public Retention {
        if (count < 1 || age.isNegative() || age.isZero() || bytes < 0) {
            throw new IllegalArgumentException(
                    "At least one checkpoint must be kept for some time: %d, %s, %d bytes"
                            .formatted(count, age, bytes));
        }
    }
}
