package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class HazardTest {
    private static Reach reach(double factor) {
        return new Reach(Reach.Level.LISTENING, true, "it listens", factor);
    }

    @Test
    void matchesThePublishedExample() {
        // EPSS 1 %, reach 10 %, everything else 1: 3.4e-5 a day.
        Hazard hazard = Hazard.of(List.of(0.01), 1, reach(0.1), 0, 1, 1);
        assertThat(hazard.perDay()).isCloseTo(3.35e-5, within(1e-7));
        assertThat(hazard.probability()).isCloseTo(0.01, within(1e-12));
    }

    @Test
    void joinsVulnerabilitiesAsIndependent() {
        Hazard hazard = Hazard.of(List.of(0.5, 0.2, 0.1), 1, reach(1), 0, 1, 1);
        assertThat(hazard.probability()).isCloseTo(0.64, within(1e-12));
        assertThat(hazard.perDay()).isCloseTo(-Math.log(0.36) / 30, within(1e-12));
    }

    @Test
    void scalesWithEveryFactor() {
        Hazard plain = Hazard.of(List.of(0.3), 1, reach(1), 0, 1, 1);
        Hazard scaled = Hazard.of(List.of(0.3), 0.01, reach(0.5), 0.4, 30, 5);
        assertThat(scaled.perDay() / plain.perDay()).isCloseTo(0.01 * 0.5 * 0.6, within(1e-12));
        assertThat(scaled.priority()).isCloseTo(scaled.perDay() * 6, within(1e-15));
    }

    @Test
    void isNothingWithoutVulnerabilities() {
        assertThat(Hazard.of(List.of(), 1, reach(1), 0, 3, 1).priority()).isZero();
    }

    @Test
    void staysFiniteForWhatIsKnownExploited() {
        double p = HazardSettings.USUAL.exploited();
        Hazard hazard = Hazard.of(List.of(p, p, p), 1, reach(1), 0, 30, 1);
        assertThat(hazard.priority()).isFinite().isPositive();
        assertThatThrownBy(() -> Hazard.of(List.of(1.0), 1, reach(1), 0, 1, 1))
                .hasMessageContaining("a probability of 1.0");
    }
}
