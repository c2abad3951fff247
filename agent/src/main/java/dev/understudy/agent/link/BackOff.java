package dev.understudy.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after the n-th failure in a row: doubling from a second to five minutes, and
/// anything from half of that to all of it by chance, so that a fleet does not come back at once.
record BackOff(RandomGenerator chance) {
    private static final long FIRST_MILLIS = 1_000;
    private static final long MOST_MILLIS = 300_000;

    Duration after(int failures) {
        long whole = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 20));
        return Duration.ofMillis(whole / 2 + chance.nextLong(whole / 2 + 1));
    }
}
