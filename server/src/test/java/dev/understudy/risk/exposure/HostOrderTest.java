package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.HostId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.roaringbitmap.RoaringBitmap;

/// Compares every way to list hosts in order with sorting them all.
class HostOrderTest {
    private final HostNumbers numbers = new HostNumbers();
    private final HostOrder order = new HostOrder(numbers);

    @RepeatedTest(20)
    void listsAnyHostsFromAnywhereInTheOrderOfTheirIdentities(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int ordered = 1 + random.nextInt(9_000);
        number(ordered, random);
        order.catchUp();
        number(random.nextInt(4_000), random);
        for (double share : List.of(0.0, 0.001, 0.1, 0.6, 1.0)) {
            RoaringBitmap hosts = new RoaringBitmap();
            IntStream.range(0, numbers.size())
                    .filter(_ -> random.nextDouble() < share)
                    .forEach(hosts::add);
            int[] all = sorted(hosts);
            assertThat(order.first(hosts, null, Integer.MAX_VALUE)).isEqualTo(all);
            assertThat(order.first(hosts, null, 100))
                    .isEqualTo(Arrays.copyOf(all, Math.min(100, all.length)));
            if (all.length > 1) {
                int from = random.nextInt(all.length - 1);
                assertThat(order.first(hosts, numbers.host(all[from]), 50))
                        .isEqualTo(
                                Arrays.copyOfRange(all, from + 1, Math.min(all.length, from + 51)));
            }
        }
    }

    private void number(int hosts, Random random) {
        for (int i = 0; i < hosts; i++) {
            numbers.give(new HostId(new UUID(random.nextLong(), random.nextLong())));
        }
    }

    private int[] sorted(RoaringBitmap hosts) {
        return Arrays.stream(hosts.toArray())
                .boxed()
                .sorted(
                        Comparator.comparingLong(
                                        (Integer each) ->
                                                numbers.host(each).value().getMostSignificantBits())
                                .thenComparingLong(
                                        each ->
                                                numbers.host(each)
                                                        .value()
                                                        .getLeastSignificantBits()))
                .mapToInt(each -> each)
                .toArray();
    }
}
