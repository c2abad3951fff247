package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.HostId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InSequenceTest {
    private final HostId a = HostId.random();
    private final HostId b = HostId.random();
    private final HostId c = HostId.random();

    @Test
    void aHostIsNotInAnEarlierWaveThanWhatItComesAfter() {
        Map<HostId, Integer> waves = new HashMap<>(Map.of(a, 1, b, 4, c, 2));
        InSequence.raise(waves, Map.of(a, Set.of(c), c, Set.of(b)));
        assertThat(waves).containsEntry(a, 4).containsEntry(b, 4).containsEntry(c, 4);
    }

    @Test
    void whatTakesNoPartIsLookedThrough() {
        Map<HostId, Integer> waves = new HashMap<>(Map.of(a, 1, b, 3));
        InSequence.raise(waves, Map.of(a, Set.of(c), c, Set.of(b)));
        assertThat(waves).isEqualTo(Map.of(a, 3, b, 3));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noHostOfManyIsBeforeOneThatItComesAfterAndNoneIsPutEarlier(long seed) {
        Random random = new Random(seed);
        HostId[] hosts = new HostId[200];
        Map<HostId, Integer> waves = new HashMap<>();
        Map<HostId, Set<HostId>> before = new HashMap<>();
        for (int i = 0; i < hosts.length; i++) {
            hosts[i] = new HostId(new java.util.UUID(random.nextLong(), random.nextLong()));
            waves.put(hosts[i], 1 + random.nextInt(10));
            for (int k = random.nextInt(3); k > 0 && i > 0; k--) {
                before.computeIfAbsent(hosts[i], _ -> new TreeSet<>())
                        .add(hosts[random.nextInt(i)]);
            }
        }
        Map<HostId, Integer> former = Map.copyOf(waves);
        InSequence.raise(waves, before);
        before.forEach(
                (host, others) ->
                        others.forEach(
                                other ->
                                        assertThat(waves.get(host))
                                                .isGreaterThanOrEqualTo(waves.get(other))));
        former.forEach((host, wave) -> assertThat(waves.get(host)).isGreaterThanOrEqualTo(wave));
    }
}
