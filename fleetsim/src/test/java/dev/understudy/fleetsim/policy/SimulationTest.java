package dev.understudy.fleetsim.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.fleetsim.LagCurve;
import dev.understudy.fleetsim.Notices.Exploitation;
import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Fingerprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int HOSTS = 2_000;
    private static final int KINDS = 20;
    private static final Assumptions CALM =
            Assumptions.USUAL.days(60).chance(0).hosts(HOSTS).person(24);
    private static final Way OURS = new Certified("ours", 1, 0.25, 5, 25, Bound.USUAL);

    /// One version that breaks this share of every configuration, and the one that repairs it after
    /// 20 days.
    private static World world(Assumptions assumptions, double broken, boolean once, boolean seen) {
        BitSet all = new BitSet();
        all.set(0, KINDS);
        List<Float> shares = Collections.nCopies(KINDS, (float) broken);
        List<Version> versions = new ArrayList<>();
        versions.add(
                new Version(
                        0,
                        0,
                        100,
                        all,
                        broken > 0 ? shares : List.of(),
                        once,
                        seen,
                        1,
                        Exploitation.ORDINARY));
        if (broken > 0) {
            versions.add(
                    new Version(1, 0, 580, all, List.of(), true, false, 1, Exploitation.ORDINARY));
        }
        int[] kinds = IntStream.range(0, HOSTS).map(host -> host % KINDS).toArray();
        List<Fingerprint> prints =
                IntStream.range(0, KINDS)
                        .mapToObj(kind -> Fingerprint.of(List.of("all", "kind " + kind)))
                        .toList();
        return new World(assumptions, 7, new LagCurve(2, 1, 10), kinds, prints, versions, 1);
    }

    private static int breakable(World world) {
        return (int)
                IntStream.range(0, HOSTS)
                        .filter(host -> world.breaks(world.versions().getFirst(), host))
                        .count();
    }

    @Test
    void everyNightEndsTheExposureByTheNextMorning() {
        Outcome outcome = Simulation.run(world(CALM, 0, true, true), Study.UNATTENDED);
        // Published at 4:00 of the fifth day, installed from 6:00 to 7:00.
        assertThat(outcome.needed()).isEqualTo(HOSTS);
        assertThat(outcome.hours() / HOSTS).isCloseTo(2.5, within(0.05));
        assertThat(outcome.exposure()).isEqualTo(outcome.hours());
        assertThat(outcome.broken()).isZero();
    }

    @Test
    void ringsWaitAsLongAsTheySay() {
        Way rings = new Rings("rings", List.of(0.1, 1.0), List.of(0.0, 48.0), 1, 1);
        Outcome outcome = Simulation.run(world(CALM, 0, true, true), rings);
        assertThat(outcome.hours() / HOSTS).isCloseTo(0.1 * 2.5 + 0.9 * 50.5, within(1.5));
    }

    @Test
    void allAtOnceBreaksEveryHostThatCanBreak() {
        World world = world(CALM, 0.3, true, true);
        Outcome outcome = Simulation.run(world, Study.UNATTENDED);
        assertThat(outcome.broken()).isEqualTo(breakable(world)).isBetween(540, 660);
        assertThat(outcome.brokenHours() / outcome.broken()).isCloseTo(24, within(0.001));
    }

    @Test
    void whatTwinsSeeBreaksNoHostOfOursAndLeavesThemExposedUntilItIsRepaired() {
        World world = world(CALM, 0.3, true, true);
        Outcome outcome = Simulation.run(world, OURS);
        assertThat(outcome.broken()).isZero();
        assertThat(outcome.decisions()).isEqualTo(1);
        assertThat(outcome.hours() / HOSTS).isBetween(480.0, 490.0);
    }

    @Test
    void whatTwinsDoNotSeeIsHaltedBeforeItPassesTheLimit() {
        World world = world(CALM, 0.3, true, false);
        Outcome outcome = Simulation.run(world, OURS);
        assertThat(outcome.broken()).isBetween(1, HOSTS / 10);
        assertThat(outcome.brokenHours() / outcome.broken())
                .isCloseTo(Certified.RESTORE, within(0.001));
    }

    @Test
    void aGoodVersionGoesThroughAllWavesOfOurs() {
        Outcome outcome = Simulation.run(world(CALM, 0, true, true), OURS);
        assertThat(outcome.decisions()).isZero();
        assertThat(outcome.hours() / HOSTS).isLessThan(8);
    }

    @Test
    void aGoodVersionThatFailsByChanceIsReleasedByAPerson() {
        Outcome outcome = Simulation.run(world(CALM.chance(0.002).visible(1), 0, true, true), OURS);
        assertThat(outcome.decisions()).isPositive();
        assertThat(outcome.hours() / HOSTS).isBetween(20.0, 200.0);
    }

    @Test
    void failuresThatComeLateAreOutrunByTheRepair() {
        World world = world(CALM, 0.3, false, false);
        Outcome daily = Simulation.run(world, Study.UNATTENDED);
        assertThat(daily.broken()).isBetween(1, breakable(world) - 1);
    }

    @Test
    void theThresholdStopsTheRingsAfterTheFirst() {
        Way stopped = new Rings("rings", List.of(0.1, 1.0), List.of(0.0, 48.0), 1, 0.05);
        World world = world(CALM, 0.3, true, true);
        Outcome outcome = Simulation.run(world, stopped);
        assertThat(outcome.broken()).isLessThan(breakable(world) / 5);
        assertThat(outcome.decisions()).isEqualTo(1);
        assertThat(outcome.hours() / HOSTS).isGreaterThan(400);
    }

    @Test
    void theSameWorldGivesTheSameOutcome() {
        for (Way way : Study.WAYS) {
            assertThat(Simulation.run(world(CALM, 0.2, true, false), way))
                    .isEqualTo(Simulation.run(world(CALM, 0.2, true, false), way));
        }
    }

    @Test
    void pairedIntervalIsStudents() {
        // Differences 1, 2, 3: mean 2, standard error 1/√3, t(2) at 97.5 % 4.302653.
        Paired paired = Paired.of(new double[] {2, 4, 6}, new double[] {1, 2, 3});
        assertThat(paired.mean()).isCloseTo(2, within(1e-9));
        assertThat(paired.high() - paired.mean()).isCloseTo(4.302653 / Math.sqrt(3), within(1e-5));
        assertThat(paired.above()).isFalse();
    }
}
