package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Proof;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.gate.Fingerprint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaveOrderTest {
    @Test
    void theLeastCriticalHostsOfDifferentShapesGoFirst() {
        Map<?, Integer> waves =
                WaveOrder.assign(
                        List.of(
                                candidate(Samples.host(1), 1, "a"),
                                candidate(Samples.host(2), 0, "a"),
                                candidate(Samples.host(3), 0, "a"),
                                candidate(Samples.host(4), 0, "b"),
                                candidate(Samples.host(5), 2, "c")),
                        terms(2, 40));
        assertThat(waves.get(Samples.host(2))).isEqualTo(1);
        assertThat(waves.get(Samples.host(4))).isEqualTo(1);
        assertThat(waves.get(Samples.host(3))).isEqualTo(2);
        assertThat(waves.get(Samples.host(1))).isEqualTo(2);
        assertThat(waves.get(Samples.host(5))).isEqualTo(3);
    }

    @Test
    void wavesHaveNoGapsAndHoldEveryHostOnce() {
        for (int hosts = 1; hosts < 40; hosts++) {
            List<Candidate> candidates =
                    IntStream.range(0, hosts)
                            .mapToObj(i -> candidate(Samples.host(i), i % 3, "s" + i % 5))
                            .toList();
            for (int percent : new int[] {1, 10, 33, 100}) {
                Map<?, Integer> waves = WaveOrder.assign(candidates, terms(3, percent));
                assertThat(waves).hasSize(hosts);
                int last = waves.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
                assertThat(waves.values())
                        .contains(IntStream.rangeClosed(1, last).boxed().toArray(Integer[]::new));
            }
        }
    }

    private static Terms terms(int canaries, int percent) {
        return new Terms(false, canaries, percent, Duration.ZERO, RebootPolicy.NEVER, Proof.STRICT);
    }

    private static Candidate candidate(HostId host, int criticality, String shape) {
        return new Candidate(host, criticality, "bookworm", Fingerprint.of(List.of(shape)), null);
    }
}
