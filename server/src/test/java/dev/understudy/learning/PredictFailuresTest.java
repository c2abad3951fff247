package dev.understudy.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.learning.PredictFailures.Figures;
import dev.understudy.learning.PredictFailures.Group;
import dev.understudy.learning.PredictFailures.Inputs;
import dev.understudy.learning.PredictFailures.Part;
import dev.understudy.learning.Reliability.Known;
import dev.understudy.learning.Reliability.Law;
import dev.understudy.learning.Reliability.Seen;
import dev.understudy.platform.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictFailuresTest {
    private static final Model MODEL = Model.CURRENT;
    private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");

    private static Evidence seen(String version, String group, long trials, double failures) {
        return seen(version, group, trials, failures, NOW);
    }

    private static Evidence seen(
            String version, String group, long trials, double failures, Instant last) {
        return new Evidence(
                "bookworm/nginx/" + version,
                "bookworm " + group,
                PatchClass.APPLICATION,
                "nginx",
                trials,
                failures,
                last);
    }

    private static Known known(List<Evidence> evidence, String version, String group) {
        return new Reliability(MODEL, evidence, NOW)
                .of(
                        "bookworm/nginx/" + version,
                        PatchClass.APPLICATION,
                        "nginx",
                        "bookworm " + group);
    }

    private static Law law(List<Evidence> evidence, String version, String group) {
        return Reliability.law(MODEL, known(evidence, version, group));
    }

    private static Inputs inputs(Known known, int hosts) {
        return new Inputs(
                1,
                42,
                List.of(new Part("bookworm/nginx/9", "bookworm web", known)),
                List.of(new Group(List.of(0), hosts)));
    }

    @Test
    void aColdStartSaysThePriorAndHowLittleThatIs() {
        Figures figures = PredictFailures.of(inputs(Known.NOTHING, 1000));
        assertThat(law(List.of(), "9", "web").mean()).isCloseTo(0.006, within(1e-12));
        assertThat(figures.expected()).isBetween(3.0, 9.0);
        assertThat(figures.low()).isZero();
        assertThat(figures.any()).isBetween(0.03, 0.12);
        // One version in twenty or so breaks 1 % of hosts.
        assertThat(figures.high()).isBetween(0, 60);
    }

    @Test
    void hostsOfOneVersionCountAsFewForTheNext() {
        Known few = known(List.of(seen("1", "web", 10, 0)), "9", "web");
        Known many = known(List.of(seen("1", "web", 100_000, 0)), "9", "web");
        assertThat(few.ofPackage().hosts()).isCloseTo(2.5, within(1e-9));
        assertThat(many.ofPackage().hosts()).isCloseTo(3, within(0.001));
    }

    @Test
    void goodVersionsLowerAndBadOnesRaiseWhatIsExpected() {
        List<Evidence> good = new ArrayList<>();
        List<Evidence> bad = new ArrayList<>();
        for (int version = 1; version <= 20; version++) {
            good.add(seen("" + version, "web", 50, 0));
            bad.add(seen("" + version, "web", 50, version % 4 == 0 ? 20 : 0));
        }
        double cold = law(List.of(), "99", "web").mean();
        assertThat(law(good, "99", "web").mean()).isLessThan(cold / 2);
        assertThat(law(bad, "99", "web").mean()).isGreaterThan(5 * cold);
    }

    @Test
    void aConfigurationLearnsMostFromItself() {
        List<Evidence> evidence = new ArrayList<>();
        for (int version = 1; version <= 20; version++) {
            evidence.add(seen("" + version, "web", 50, 25));
            evidence.add(seen("" + version, "db", 50, 0));
        }
        double web = law(evidence, "99", "web").mean();
        double db = law(evidence, "99", "db").mean();
        double elsewhere = law(evidence, "99", "other").mean();
        assertThat(web).isGreaterThan(elsewhere);
        assertThat(db).isLessThan(elsewhere);
    }

    @Test
    void whatAVersionDidElsewhereSaysMostAboutIt() {
        Law proven = law(List.of(seen("9", "db", 200, 0)), "9", "web");
        Law broken = law(List.of(seen("9", "db", 200, 100)), "9", "web");
        assertThat(proven.mean()).isLessThan(0.0002);
        assertThat(broken.mean()).isCloseTo(0.5, within(0.01));
        Figures figures =
                PredictFailures.of(
                        inputs(known(List.of(seen("9", "db", 200, 100)), "9", "web"), 100));
        assertThat(figures.low()).isGreaterThan(35);
        assertThat(figures.high()).isLessThan(65);
    }

    @Test
    void whatWasSeenIsForgottenByHalves() {
        Instant before = NOW.minus(Duration.ofDays(180));
        Known old = known(List.of(seen("1", "web", 10, 5, before)), "9", "web");
        assertThat(old.ofClass().hosts()).isCloseTo(1.25, within(1e-9));
        assertThat(old.ofClass().failures()).isCloseTo(0.625, within(1e-9));
    }

    @Test
    void theOrderOfEvidenceAndAWayThroughJsonChangeNoBit() {
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            evidence.add(
                    seen("" + i % 13, "g" + i % 3, 7 + i, i % 5 / 3.0, NOW.minusSeconds(86_400L * i)));
        }
        Inputs inputs = inputs(known(evidence, "9", "g1"), 321);
        assertThat(known(evidence.reversed(), "9", "g1")).isEqualTo(known(evidence, "9", "g1"));
        Inputs read = Json.read(Json.write(inputs), Inputs.class);
        assertThat(read).isEqualTo(inputs);
        assertThat(PredictFailures.of(read)).isEqualTo(PredictFailures.of(inputs));
    }

    @Test
    void theProbabilityOfAnyFailureIsThatOfTheBetaBinomialLaw() {
        // Beta(1, 1) and 9 hosts: none fails with probability 1/10.
        Known even = new Known(Seen.NOTHING, Seen.NOTHING, Seen.NOTHING, new Seen(1.988, 0.988));
        Law law = Reliability.law(MODEL, even);
        assertThat(law.alpha()).isCloseTo(1, within(1e-9));
        Figures figures = PredictFailures.of(inputs(even, 9));
        double none = 1;
        for (int i = 0; i < 9; i++) {
            none *= (law.beta() + i) / (law.alpha() + law.beta() + i);
        }
        assertThat(figures.any()).isCloseTo(1 - none, within(0.002));
    }

    @Test
    void anUnknownModelIsRefused() {
        assertThatThrownBy(() -> PredictFailures.of(new Inputs(7, 1, List.of(), List.of())))
                .hasMessageContaining("no model 7");
    }

    @Test
    void classesGoBySourcePackage() {
        assertThat(PatchClass.of("linux")).isEqualTo(PatchClass.KERNEL);
        assertThat(PatchClass.of("intel-microcode")).isEqualTo(PatchClass.KERNEL);
        assertThat(PatchClass.of("openssl")).isEqualTo(PatchClass.BASE);
        assertThat(PatchClass.of("postgresql-15")).isEqualTo(PatchClass.DATABASE);
        assertThat(PatchClass.of("libxml2")).isEqualTo(PatchClass.LIBRARY);
        assertThat(PatchClass.of("nginx")).isEqualTo(PatchClass.APPLICATION);
    }

    @Test
    void calibrationIsScoredAsItIsDefined() {
        Calibration.Table table =
                Calibration.of(
                        List.of(
                                new Calibration.Score(10, 0, 0.1, 0.5, 0, 1),
                                new Calibration.Score(10, 3, 0.7, 0.5, 0, 2)));
        assertThat(table.brier()).isCloseTo((0.01 + 0.09) / 2, within(1e-12));
        assertThat(table.flatBrier()).isCloseTo(0.25, within(1e-12));
        assertThat(table.covered()).isEqualTo(0.5);
        assertThat(table.better()).isTrue();
        assertThat(table.bins().stream().mapToInt(Calibration.Bin::rollouts).sum()).isEqualTo(2);
    }
}
