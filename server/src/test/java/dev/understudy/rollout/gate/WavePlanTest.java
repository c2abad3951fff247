package dev.understudy.rollout.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Certifiability.NotCertifiable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Properties of plans over many bounds and fleets, each from its seed.
class WavePlanTest {
    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    /// Plans of all kinds; a seed without one is drawn again.
    private static WavePlan plan(long seed) {
        Random random = new Random(seed);
        while (true) {
            double harmless = 0.002 + random.nextDouble() * 0.05;
            Bound bound =
                    new Bound(
                            harmless,
                            Math.min(0.9, harmless * (3 + random.nextDouble() * 8)),
                            0.005 + random.nextDouble() * 0.1,
                            0.001 + random.nextDouble() * 0.1,
                            0.05 + random.nextDouble() * 0.4,
                            random.nextBoolean() ? 1 : 0.4 + 0.6 * random.nextDouble());
            int hosts = (int) Math.exp(4 + random.nextDouble() * 7);
            Costs costs = Costs.of(Duration.ofMinutes(random.nextInt(10_000)), 0.0001 * hosts);
            if (PlanWaves.of(bound, costs, hosts, 1 + random.nextInt(20), hosts / 10)
                    instanceof Certifiable(WavePlan plan)) {
                return plan;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void boundariesNeverFallAsMoreHostsAreJudged(long seed) {
        WavePlan plan = plan(seed);
        int accept = -1;
        int halt = 0;
        for (WavePlan.Look look : plan.looks()) {
            assertThat(look.acceptUpTo()).isGreaterThanOrEqualTo(accept);
            assertThat(look.haltAt()).isGreaterThanOrEqualTo(halt);
            assertThat(look.acceptUpTo()).isLessThan(look.haltAt());
            assertThat(look.next())
                    .allSatisfy(
                            next ->
                                    assertThat(next == 0 || next > look.size())
                                            .as("%s in %s", next, look)
                                            .isTrue());
            accept = look.acceptUpTo();
            halt = look.haltAt();
        }
        assertThat(accept).isGreaterThanOrEqualTo(0);
    }

    /// Counted by what the plan decides, not by what it says of itself.
    @ParameterizedTest
    @MethodSource("seeds")
    void aPatchAtTheEdgeOfHarmIsAcceptedNoMoreOftenThanTheBoundAllows(long seed) {
        WavePlan plan = plan(seed);
        Bound bound = plan.bound();
        double edge = bound.harmful() * bound.shown();
        double accepted = accepted(plan, plan.start(), edge, new HashMap<>());
        assertThat(accepted).isLessThanOrEqualTo(bound.miss() + 1e-9);
        assertThat(accepted).isLessThanOrEqualTo(plan.harmful().accepted() + 1e-9);
        double worse = accepted(plan, plan.start(), Math.min(0.99, 1.5 * edge), new HashMap<>());
        assertThat(worse).isLessThanOrEqualTo(accepted + 1e-9);
    }

    private static double accepted(
            WavePlan plan, Standing now, double rate, Map<Standing, Double> known) {
        Double before = known.get(now);
        if (before != null) {
            return before;
        }
        double accepted =
                switch (plan.next(now, plan.canaries() + now.judged())) {
                    case Step.Accept _ -> 1;
                    case Step.Halt _, Step.Ask _ -> 0;
                    case Step.Sample(int hosts, int target) -> {
                        BinomialDistribution law = BinomialDistribution.of(hosts, rate);
                        double sum = 0;
                        for (int failed = 0; failed <= hosts; failed++) {
                            double likely = law.probability(failed);
                            if (likely > 1e-14) {
                                Standing next = now.with(hosts - failed, failed).towards(target);
                                sum += likely * accepted(plan, next, rate, known);
                            }
                        }
                        yield sum;
                    }
                };
        known.put(now, accepted);
        return accepted;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverMoreHostsThanTheLimitGetThePatchBeforeItIsAccepted(long seed) {
        WavePlan plan = plan(seed);
        Random random = new Random(seed);
        for (int run = 0; run < 50; run++) {
            double rate = random.nextDouble() * 3 * plan.bound().harmful();
            Standing now = plan.start();
            int exposed = plan.canaries();
            while (plan.next(now, exposed) instanceof Step.Sample(int hosts, int target)) {
                now = now.towards(target);
                exposed += hosts;
                for (int i = 0; i < hosts; i++) {
                    // One in ten cannot be judged.
                    if (random.nextInt(10) > 0) {
                        boolean fails = random.nextDouble() < rate;
                        now = now.with(fails ? 0 : 1, fails ? 1 : 0);
                    }
                }
                assertThat(exposed).isLessThanOrEqualTo(plan.budget());
                assertThat(exposed)
                        .isLessThanOrEqualTo((int) (plan.bound().limit() * plan.hosts() + 1e-9));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyDecisionComesOutTheSameWhenItIsMadeAgain(long seed) {
        List<WavePlan> plans = List.of(plan(seed), plan(seed + 1000));
        Random random = new Random(seed);
        for (int run = 0; run < 10; run++) {
            double rate = random.nextDouble() * plans.getFirst().bound().harmful();
            List<Entry> record = new ArrayList<>();
            Course course = Course.of(plans, List.of());
            for (int wave = 1; wave < 8; wave++) {
                for (int stratum = 0; stratum < plans.size(); stratum++) {
                    for (Entry entry :
                            wave(course.strata().get(stratum), stratum, wave, rate, random)) {
                        record.add(entry);
                        course = course.with(entry);
                    }
                    Entry decided = course.decide(stratum, wave);
                    record.add(decided);
                    course = course.with(decided);
                }
            }
            List<Entry.Decided> decided =
                    record.stream()
                            .filter(Entry.Decided.class::isInstance)
                            .map(Entry.Decided.class::cast)
                            .toList();
            assertThat(Course.replay(plans, record)).isEqualTo(decided);
            assertThat(Course.of(plans, record)).isEqualTo(course);
        }
    }

    private static List<Entry> wave(
            Progress progress, int stratum, int wave, double rate, Random random) {
        if (!(progress.step() instanceof Step.Sample(int hosts, _))) {
            return progress.phase() == Progress.Phase.ASKING && random.nextBoolean()
                    ? List.of(new Entry.PersonAccepted(stratum, wave, "token:alice"))
                    : List.of();
        }
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry.WaveBegan(stratum, wave, hosts));
        for (int i = 0; i < hosts; i++) {
            HostId host = new HostId(new UUID(wave, i));
            boolean fails = random.nextDouble() < rate;
            entries.add(
                    new Entry.Judged(
                            stratum,
                            wave,
                            host,
                            random.nextInt(20) > 0,
                            fails ? Entry.Outcome.FAILED : Entry.Outcome.GOOD,
                            ""));
        }
        return entries;
    }

    static Stream<Integer> smallFleets() {
        return Stream.of(1, 4, 20, 200, 500, 800);
    }

    @ParameterizedTest
    @MethodSource("smallFleets")
    void whatIsTooSmallNamesWhatWouldMakeItCertifiable(int hosts) {
        assertThat(PlanWaves.of(Bound.USUAL, Costs.USUAL, hosts, 5, 0))
                .isInstanceOfSatisfying(
                        NotCertifiable.class,
                        not -> {
                            assertThat(not.sentence()).contains("Not certifiable", "person's word");
                            assertThat(certifiable(Bound.USUAL, not.leastHosts())).isTrue();
                            assertThat(certifiable(Bound.USUAL, not.leastHosts() - 1)).isFalse();
                            if (not.leastHarmful() < 1) {
                                Bound bigger = Bound.USUAL.against(not.leastHarmful());
                                assertThat(certifiable(bigger, hosts)).isTrue();
                            }
                        });
    }

    private static boolean certifiable(Bound bound, int hosts) {
        return PlanWaves.of(bound, Costs.USUAL, hosts, 5, 0) instanceof Certifiable;
    }

    @Test
    void aCanarysFailureCountsAndItsSuccessDoesNot() {
        WavePlan plan = plan(1);
        Progress start = Course.of(List.of(plan), List.of()).strata().getFirst();
        HostId host = new HostId(new UUID(1, 1));
        Progress good = start.with(new Entry.Judged(0, 1, host, false, Entry.Outcome.GOOD, ""));
        Progress bad = start.with(new Entry.Judged(0, 1, host, false, Entry.Outcome.FAILED, "why"));
        assertThat(good.standing()).isEqualTo(start.standing());
        assertThat(bad.standing().judged()).isEqualTo(start.standing().judged());
        assertThat(bad.standing().failed()).isEqualTo(1);
    }

    @Test
    void aLateFailureCountsWithoutCountingTheHostTwice() {
        WavePlan plan = plan(2);
        Progress start = Course.of(List.of(plan), List.of()).strata().getFirst();
        HostId host = new HostId(new UUID(1, 1));
        Progress late =
                start.with(new Entry.Judged(0, 1, host, true, Entry.Outcome.GOOD, ""))
                        .with(
                                new Entry.Judged(
                                        0, 1, host, true, Entry.Outcome.FAILED_LATER, "why"));
        assertThat(late.standing().judged()).isEqualTo(1);
        assertThat(late.standing().failed()).isEqualTo(1);
    }

    @Test
    void aRareFailureAmongMostHostsDoesNotHaltAndManyDo() {
        Bound bound = Bound.USUAL;
        assertThat(bound.haltAt(200)).isBetween(8, 12);
        assertThat(bound.haltAt(100_000)).isGreaterThan(2_000);
        int before = 0;
        for (int judged = 0; judged < 5_000; judged++) {
            int now = bound.haltAt(judged);
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
    }
}
