package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeedPaceTest {
    private static final Duration HOURLY = Duration.ofHours(1);
    private final Random random = new Random(3);

    @Test
    void keepsItsPaceGiveOrTakeATenth() {
        Set<Duration> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Duration next = FeedPace.next(HOURLY, 0, null, random);
            assertThat(next).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(66));
            seen.add(next);
        }
        assertThat(seen).hasSizeGreaterThan(150);
    }

    @Test
    void looksAgainSoonAfterAFailureAndBacksOffUpToItsPace() {
        Duration before = Duration.ZERO;
        for (int failures = 1; failures <= 4; failures++) {
            Duration next = FeedPace.next(HOURLY, failures, null, random);
            assertThat(next).isGreaterThan(before).isLessThan(Duration.ofMinutes(9));
            before = next;
        }
        assertThat(FeedPace.next(HOURLY, 60, null, random)).isLessThan(Duration.ofMinutes(67));
    }

    @Test
    void leavesAServerAloneForAsLongAsItAsksButNotForEver() {
        assertThat(FeedPace.next(HOURLY, 1, Duration.ofHours(3), random))
                .isEqualTo(Duration.ofHours(3));
        assertThat(FeedPace.next(HOURLY, 1, Duration.ofDays(900), random))
                .isEqualTo(Duration.ofDays(1));
    }
}
