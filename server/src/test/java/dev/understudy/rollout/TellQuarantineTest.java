package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.Ids;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.risk.PatchId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TellQuarantineTest {
    private Instant now = Samples.NOW;
    private final List<Quarantine.Entry> entries = new ArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final TellQuarantine tell =
            new TellQuarantine(
                    () -> {
                        reads.incrementAndGet();
                        return List.copyOf(entries);
                    },
                    () -> now);

    @Test
    void hearsOfAChangeSoonAndReadsNotAtEveryCheckIn() {
        QuarantineNotice nothing = tell.notice();
        assertThat(nothing).isEqualTo(QuarantineNotice.of(List.of()));
        entries.add(entry("nginx", "It answers 503."));
        assertThat(tell.notice()).isSameAs(nothing);
        now = now.plus(TellQuarantine.FRESH);
        assertThat(tell.notice().versions())
                .containsExactly(
                        new QuarantinedVersion("bookworm", "nginx", "2", null, "It answers 503."));
        assertThat(tell.notice().digest()).isNotEqualTo(nothing.digest());
        assertThat(reads).hasValue(2);
        entries.clear();
        now = now.plus(TellQuarantine.FRESH);
        assertThat(tell.notice()).isEqualTo(nothing);
    }

    @Test
    void cutsLongReasonsAndTellsTheNewestWhereThereAreTooMany() {
        IntStream.range(0, QuarantineNotice.MOST + 3)
                .forEach(n -> entries.add(entry("package" + n, "x".repeat(5_000))));
        List<QuarantinedVersion> told = tell.notice().versions();
        assertThat(told).hasSize(QuarantineNotice.MOST);
        assertThat(told.getFirst().source()).isEqualTo("package3");
        assertThat(told.getFirst().reason())
                .hasSize(QuarantinedVersion.LONGEST_REASON)
                .endsWith("x…");
    }

    private static Quarantine.Entry entry(String source, String reason) {
        return new Quarantine.Entry(
                Ids.at(Samples.NOW),
                new PatchId("bookworm", source, "2"),
                reason,
                "token:alice",
                Samples.NOW,
                null,
                false,
                null);
    }
}
