package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.protocol.HostId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SurvivalTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    /// Times of remission under 6-mercaptopurine (Freireich and others, 1963), the example of the
    /// textbooks: 23 weeks in the median, from 13 on; the upper end is not reached.
    @Test
    void agreesWithTheTextbook() {
        Survival survival =
                of(
                        List.of(6, 6, 6, 7, 10, 13, 16, 22, 23),
                        List.of(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35));
        assertThat(survival.episodes()).isEqualTo(21);
        assertThat(survival.fixed()).isEqualTo(9);
        double[] expected = {0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448};
        assertThat(survival.curve()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(survival.curve().get(i).open()).isCloseTo(expected[i], within(0.0006));
        }
        assertThat(survival.curve().getFirst().atRisk()).isEqualTo(21);
        assertThat(survival.halfLife()).isEqualTo(weeks(23));
        assertThat(survival.halfLifeFrom()).isEqualTo(weeks(13));
        assertThat(survival.halfLifeTo()).isNull();
    }

    @Test
    void countsWhatIsOpenForAsLongAsItIs() {
        Survival early = of(List.of(1), List.of());
        assertThat(early.halfLife()).isEqualTo(weeks(1));
        assertThat(early.curve().getFirst().open()).isZero();
        Survival mostOpen = of(List.of(1), List.of(50, 50, 50));
        assertThat(mostOpen.halfLife()).isNull();
        assertThat(mostOpen.curve().getFirst().open()).isCloseTo(0.75, within(1e-9));
        assertThat(of(List.of(), List.of(3)).curve()).isEmpty();
    }

    private static Survival of(List<Integer> fixed, List<Integer> open) {
        Survival.Builder survival = new Survival.Builder(NOW);
        fixed.forEach(
                weeks ->
                        survival.add(
                                new Episode(
                                        HostId.random(),
                                        new Period(Instant.EPOCH, Instant.EPOCH.plus(weeks(weeks))),
                                        Episode.End.FIXED)));
        open.forEach(
                weeks ->
                        survival.add(
                                new Episode(
                                        HostId.random(),
                                        new Period(NOW.minus(weeks(weeks)), null),
                                        Episode.End.OPEN)));
        return survival.build();
    }

    @Test
    void showsALongCurveByEqualSteps() {
        Survival.Builder builder = new Survival.Builder(NOW);
        for (int second = 1; second <= 1_000; second++) {
            builder.add(
                    new Episode(
                            HostId.random(),
                            new Period(NOW.minusSeconds(5_000), NOW.minusSeconds(5_000L - second)),
                            Episode.End.FIXED));
        }
        Survival survival = builder.build();
        assertThat(survival.curve()).hasSize(1_000);
        List<Survival.Point> steps = survival.steps(11);
        assertThat(steps).hasSize(11).isSubsetOf(survival.curve());
        assertThat(steps.getLast()).isEqualTo(survival.curve().getLast());
        assertThat(steps.get(5).open()).isBetween(0.44, 0.46);
        assertThat(survival.steps(1)).containsExactly(survival.curve().getLast());
        assertThat(survival.steps(5_000)).isEqualTo(survival.curve());
    }

    private static Duration weeks(int weeks) {
        return Duration.ofDays(7L * weeks);
    }
}
