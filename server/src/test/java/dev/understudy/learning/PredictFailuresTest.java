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
        // 3 of 100 versions break a quarter of hosts on average; 2 of 10,000 hosts fail by chance.
        assertThat(law(List.of(), "9", "web").mean()).isCloseTo(0.0077, within(1e-5));
        assertThat(figures.expected()).isBetween(6.0, 10.0);
        assertThat(figures.low()).isZero();
        assertThat(figures.any()).isBetween(0.19, 0.22);
    }

    @Test
    void aVersionCountsOnceForTheNextHoweverManyHostsItIsOn() {
        Known few = known(List.of(seen("1", "web", 10, 0)), "9", "web");
        Known many = known(List.of(seen("1", "web", 100_000, 0)), "9", "web");
        assertThat(few.ofPackage().all()).isEqualTo(1);
        assertThat(many.ofPackage().all()).isEqualTo(1);
        assertThat(few.ofPackage().bad()).isGreaterThan(many.ofPackage().bad());
    }

    @Test
    void aSingleFailureAmongManyIsChanceAndAmongFewIsNot() {
        assertThat(MODEL.bad(0.03, 1000, 1, 0.0002)).isLessThan(0.03);
        assertThat(MODEL.bad(0.03, 5, 1, 0.0002)).isGreaterThan(0.8);
        assertThat(MODEL.bad(0.03, 0, 0, 0.0002)).isEqualTo(0.03);
        assertThat(MODEL.bad(0.03, 100_000, 90_000, 0.0002)).isEqualTo(1);
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
        assertThat(law(good, "99", "web").mean()).isLessThan(0.8 * cold);
        assertThat(law(bad, "99", "web").mean()).isGreaterThan(3 * cold);
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
        assertThat(proven.mean()).isLessThan(0.001);
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
        assertThat(old.ofClass().all()).isCloseTo(0.5, within(1e-12));
        assertThat(old.ofClass().bad()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void theOrderOfEvidenceAndAWayThroughJsonChangeNoBit() {
        List<Evidence> evidence = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            evidence.add(
                    seen(
                            "" + i % 13,
                            "g" + i % 3,
                            7 + i,
                            i % 5 / 3.0,
                            NOW.minusSeconds(86_400L * i)));
        }
        Inputs inputs = inputs(known(evidence, "9", "g1"), 321);
        assertThat(known(evidence.reversed(), "9", "g1")).isEqualTo(known(evidence, "9", "g1"));
        Inputs read = Json.read(Json.write(inputs), Inputs.class);
        assertThat(read).isEqualTo(inputs);
        assertThat(PredictFailures.of(read)).isEqualTo(PredictFailures.of(inputs));
    }

    @Test
    void theProbabilityOfAnyFailureIsThatOfTheBetaBinomialLaw() {
        // Surely bad, Beta(50.5, 51.5): none of 3 hosts fails with 51.5·52.5·53.5/(102·103·104).
        Known bad =
                new Known(
                        Seen.NOTHING, Seen.NOTHING, Seen.NOTHING, new Seen(100, 50), Seen.NOTHING);
        double none = 51.5 * 52.5 * 53.5 / (102.0 * 103 * 104);
        assertThat(PredictFailures.of(inputs(bad, 3)).any()).isCloseTo(1 - none, within(0.001));
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
