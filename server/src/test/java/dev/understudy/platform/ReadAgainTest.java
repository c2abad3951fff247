package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ReadAgainTest {
    private final AtomicInteger reads = new AtomicInteger();
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private Supplier<Integer> read = reads::incrementAndGet;
    private final ReadAgain<Integer> value =
            new ReadAgain<>(() -> read.get(), Duration.ofSeconds(2), () -> now);

    @Test
    void readsAgainOnceItIsNoLongerFreshOrHasChanged() {
        assertThat(value.get()).isEqualTo(1);
        now = now.plusSeconds(1);
        assertThat(value.get()).isEqualTo(1);
        now = now.plusSeconds(1);
        assertThat(value.get()).isEqualTo(2);
        value.changed();
        assertThat(value.get()).isEqualTo(3);
        assertThat(value.get()).isEqualTo(3);
    }

    @Test
    void aReadThatBeganBeforeAChangeIsNotKept() {
        read =
                () -> {
                    int before = reads.incrementAndGet();
                    value.changed();
                    return before;
                };
        assertThat(value.get()).as("read while it changed, with nothing read yet").isEqualTo(1);
        read = reads::incrementAndGet;
        assertThat(value.get()).isEqualTo(2);
        assertThat(value.get()).isEqualTo(2);
    }
}
