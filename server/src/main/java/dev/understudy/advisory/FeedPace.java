package dev.understudy.advisory;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// When to look at a feed again. After a good look: at its pace, give or take a tenth, so that many
/// sites do not ask at once. After a bad one: a minute, then two, then four, up to its pace, or
/// later where the server asks for it.
final class FeedPace {
    private static final double JITTER = 0.1;
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_ASKED = Duration.ofDays(1);

    private FeedPace() {}

    /// @param failures how many looks in a row have failed
    /// @param asked how long the server asked to be left alone; null if it did not
    static Duration next(
            Duration every, int failures, @Nullable Duration asked, RandomGenerator random) {
        Duration base = failures == 0 ? every : shorter(every, pause(failures));
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        Duration wait = Duration.ofMillis((long) (base.toMillis() * factor));
        return asked == null || asked.compareTo(wait) < 0 ? wait : shorter(asked, LONGEST_ASKED);
    }

    private static Duration pause(int failures) {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
