package dev.understudy.rollout.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.rollout.gate.CanaryCoverage.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanaryCoverageTest {
    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private static List<Candidate<Integer>> fleet(Random random, int hosts) {
        List<Candidate<Integer>> fleet = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            List<String> features = new ArrayList<>();
            for (int f = 0; f < 12; f++) {
                if (random.nextInt(1 + f) == 0) {
                    features.add("feature " + f);
                }
            }
            fleet.add(
                    new Candidate<>(
                            host,
                            random.nextInt(3),
                            Fingerprint.of(features),
                            random.nextBoolean() ? "pair " + random.nextInt(3) : null,
                            false));
        }
        return fleet;
    }

    private static List<Candidate<Integer>> alike(List<Candidate<Integer>> fleet) {
        return fleet.stream()
                .map(c -> new Candidate<>(c.host(), 0, c.fingerprint(), null, false))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderInWhichHostsAreNamedDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<Candidate<Integer>> fleet = new ArrayList<>(fleet(random, 30));
        List<Integer> chosen = CanaryCoverage.choose(fleet, 8);
        Collections.shuffle(fleet, random);
        assertThat(CanaryCoverage.choose(fleet, 8)).isEqualTo(chosen);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noGroupThatMustStayUpGivesTwoAndTheLeastCriticalComeFirst(long seed) {
        List<Candidate<Integer>> fleet = fleet(new Random(seed), 30);
        List<Integer> chosen = CanaryCoverage.choose(fleet, 12);
        List<String> groups = new ArrayList<>();
        int before = 0;
        for (int host : chosen) {
            Candidate<Integer> canary = fleet.get(host);
            assertThat(canary.criticality()).isGreaterThanOrEqualTo(before);
            before = canary.criticality();
            if (canary.haGroup() != null) {
                groups.add(canary.haGroup());
            }
        }
        assertThat(groups).doesNotHaveDuplicates();
        assertThat(chosen).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void coversWithinOneMinusOneOverEOfTheBestChoice(long seed) {
        List<Candidate<Integer>> fleet = alike(fleet(new Random(seed), 10));
        double best = 0;
        for (int a = 0; a < 10; a++) {
            for (int b = a + 1; b < 10; b++) {
                for (int c = b + 1; c < 10; c++) {
                    best = Math.max(best, covered(fleet, List.of(a, b, c)));
                }
            }
        }
        assertThat(covered(fleet, CanaryCoverage.choose(fleet, 3)))
                .isGreaterThanOrEqualTo((1 - 1 / Math.E) * best - 1e-9);
    }

    private static double covered(List<Candidate<Integer>> fleet, List<Integer> canaries) {
        Map<Long, Integer> hosts = new HashMap<>();
        fleet.forEach(
                c -> {
                    c.fingerprint().features().forEach(f -> hosts.merge(f, 1, Integer::sum));
                });
        Set<Long> covered = new HashSet<>();
        for (int canary : canaries) {
            fleet.get(canary).fingerprint().features().forEach(covered::add);
        }
        return covered.stream()
                .mapToDouble(feature -> Math.sqrt(hosts.getOrDefault(feature, 0)))
                .sum();
    }

    @Test
    void oneOfEachKindComesBeforeASecondOfAny() {
        List<Candidate<Integer>> fleet = new ArrayList<>();
        for (int host = 0; host < 30; host++) {
            fleet.add(
                    new Candidate<>(
                            host, 0, Fingerprint.of(List.of("kind " + host % 5)), null, false));
        }
        assertThat(CanaryCoverage.choose(fleet, 5).stream().map(host -> host % 5))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(CanaryCoverage.choose(fleet, 100)).hasSize(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whoRehearsedComesFirstAmongEqualsAndCoverageIsNoLess(long seed) {
        Random random = new Random(seed);
        List<Candidate<Integer>> fleet = new ArrayList<>();
        for (int host = 0; host < 30; host++) {
            Fingerprint kind = Fingerprint.of(List.of("all", "kind " + random.nextInt(4)));
            fleet.add(new Candidate<>(host, 0, kind, null, false));
        }
        List<Candidate<Integer>> some =
                fleet.stream()
                        .map(
                                c ->
                                        new Candidate<>(
                                                c.host(), 0, c.fingerprint(), null, c.host() > 14))
                        .toList();
        for (int wanted = 1; wanted <= 4; wanted++) {
            List<Integer> chosen = CanaryCoverage.choose(some, wanted);
            assertThat(covered(fleet, chosen))
                    .isCloseTo(covered(fleet, CanaryCoverage.choose(fleet, wanted)), within(1e-9));
            for (int canary : chosen) {
                Fingerprint kind = fleet.get(canary).fingerprint();
                boolean any =
                        some.stream().anyMatch(c -> c.rehearsed() && c.fingerprint().equals(kind));
                assertThat(canary > 14).isEqualTo(any);
            }
        }
    }
}
