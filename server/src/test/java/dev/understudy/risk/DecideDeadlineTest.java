package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Maturity;
import dev.understudy.advisory.Ternary;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.platform.Problem;
import dev.understudy.risk.SsvcDeployer.Exploitation;
import dev.understudy.risk.SsvcDeployer.HumanImpact;
import dev.understudy.risk.SsvcDeployer.Point;
import dev.understudy.risk.SsvcDeployer.Priority;
import dev.understudy.risk.SsvcDeployer.SystemExposure;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecideDeadlineTest {
    private static final Map<Character, Priority> LETTERS =
            Map.of(
                    'D', Priority.DEFER,
                    'S', Priority.SCHEDULED,
                    'O', Priority.OUT_OF_CYCLE,
                    'I', Priority.IMMEDIATE);

    /// All 72 rows of the published table, four in a line: what is due at low, medium, high and
    /// very high human impact.
    @ParameterizedTest
    @CsvSource({
        "NONE,       SMALL,      false, DDSS", "NONE,       SMALL,      true, DSSS",
        "NONE,       CONTROLLED, false, DSSS", "NONE,       CONTROLLED, true, SSSS",
        "NONE,       OPEN,       false, DSSS", "NONE,       OPEN,       true, SSSO",
        "PUBLIC_POC, SMALL,      false, DSSS", "PUBLIC_POC, SMALL,      true, SSSS",
        "PUBLIC_POC, CONTROLLED, false, DSSS", "PUBLIC_POC, CONTROLLED, true, SSSO",
        "PUBLIC_POC, OPEN,       false, SSSO", "PUBLIC_POC, OPEN,       true, SSOO",
        "ACTIVE,     SMALL,      false, SSOO", "ACTIVE,     SMALL,      true, SOOO",
        "ACTIVE,     CONTROLLED, false, SSOO", "ACTIVE,     CONTROLLED, true, OOOO",
        "ACTIVE,     OPEN,       false, SOOI", "ACTIVE,     OPEN,       true, OOII",
    })
    void decidesEveryRowOfSsvc(
            Exploitation exploitation, SystemExposure exposure, boolean automatable, String row) {
        for (HumanImpact impact : HumanImpact.values()) {
            assertThat(SsvcDeployer.decide(new Point(exploitation, exposure, automatable, impact)))
                    .isEqualTo(
                            LETTERS.get(row.charAt(List.of(HumanImpact.values()).indexOf(impact))));
        }
        assertThat(SsvcDeployer.rows()).isEqualTo(72);
    }

    @Test
    void ssvcTakesItsInputFromFactsAndCountsWhatNobodyKnowsAsTheWorst() {
        DeadlineRule rule = rule(DeadlineRule.Standard.SSVC);
        CveFacts quiet = facts(Ternary.NO, Ternary.NO, null, null);
        CveFacts shown =
                facts(Ternary.NO, Ternary.YES, null, new CveFacts.Exploit(Maturity.POC, null, 1));
        CveFacts nothing = CveFacts.unknown("CVE-2026-1");
        assertThat(decide(rule, quiet, Exposure.ISOLATED, Criticality.LOW).days()).isZero();
        assertThat(decide(rule, shown, Exposure.INTERNET, Criticality.HIGH).days()).isEqualTo(14);
        DecideDeadline.Decision worst =
                decide(rule, nothing, Exposure.UNKNOWN, Criticality.VERY_HIGH);
        assertThat(worst.days()).isEqualTo(3);
        assertThat(worst.assumed()).hasSize(3).allMatch(text -> text.contains("unknown"));
    }

    @Test
    void anUnknownExposureCountsAsExposedUnderTheDirectiveAndIsTold() {
        CveFacts facts = facts(Ternary.NO, Ternary.YES, 5.0, null);
        DecideDeadline.Decision unknown =
                decide(DeadlineRule.USUAL, facts, Exposure.UNKNOWN, Criticality.LOW);
        assertThat(unknown.days())
                .isEqualTo(
                        decide(DeadlineRule.USUAL, facts, Exposure.INTERNET, Criticality.LOW)
                                .days());
        assertThat(unknown.assumed())
                .contains("the host's exposure is unknown: it counts as exposed");
    }

    @ParameterizedTest
    @CsvSource({
        "NO,  9.8, 7,   30",
        "NO,  8.1, 30,  90",
        "NO,  5.0, 90,  90",
        "NO,  3.1, 180, 90",
        "YES, 3.1, 7,   30",
        "NO,  ,    7,   30"
    })
    void ownTermsAndPciGoBySeverityAndWhatIsExploitedOrUnknownIsCritical(
            Ternary exploited, @Nullable Double cvss, int sla, int pci) {
        CveFacts facts = facts(exploited, Ternary.NO, cvss, null);
        assertThat(days(DeadlineRule.Standard.SLA, facts)).isEqualTo(sla);
        assertThat(days(DeadlineRule.Standard.PCI, facts)).isEqualTo(pci);
    }

    @Test
    void refusesDaysThatDoNotFitTheStandard() {
        for (List<Integer> days :
                List.of(
                        List.<Integer>of(),
                        List.of(1, 2),
                        List.of(9, 2, 3, 4),
                        List.of(0, 1, 2, 3))) {
            assertThatThrownBy(
                            () ->
                                    new DeadlineRule(
                                            DeadlineRule.Standard.SLA, days, false, List.of()))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining("It takes 4 numbers");
        }
        assertThatThrownBy(
                        () ->
                                new DeadlineRule(
                                        DeadlineRule.Standard.PCI,
                                        List.of(45, 90),
                                        false,
                                        List.of()))
                .hasMessageContaining("one month");
    }

    @ParameterizedTest
    @CsvSource({
        // A Friday; three working days later is Wednesday, or Thursday if Monday is a holiday.
        "2026-11-20T15:00:00Z, 3, 2026-11-25T15:00:00Z, 2026-11-26T15:00:00Z",
        // A Saturday: the first working day is Monday.
        "2026-11-21T00:00:00Z, 1, 2026-11-23T00:00:00Z, 2026-11-24T00:00:00Z",
        "2026-11-24T09:30:00Z, 14, 2026-12-14T09:30:00Z, 2026-12-14T09:30:00Z",
    })
    void businessDaysLeaveOutWeekendsAndHolidays(
            Instant start, int days, Instant due, Instant withHoliday) {
        DeadlineRule plain =
                new DeadlineRule(DeadlineRule.Standard.BOD_26_04, List.of(), true, List.of());
        DeadlineRule holiday =
                new DeadlineRule(
                        DeadlineRule.Standard.BOD_26_04,
                        List.of(),
                        true,
                        List.of(LocalDate.parse("2026-11-23")));
        assertThat(WorkCalendar.plus(start, days, plain)).isEqualTo(due);
        assertThat(WorkCalendar.plus(start, days, holiday)).isEqualTo(withHoliday);
    }

    private static int days(DeadlineRule.Standard standard, CveFacts facts) {
        return decide(rule(standard), facts, Exposure.INTERNAL, Criticality.LOW).days();
    }

    private static DeadlineRule rule(DeadlineRule.Standard standard) {
        return new DeadlineRule(standard, standard.usual(), false, List.of());
    }

    private static DecideDeadline.Decision decide(
            DeadlineRule rule, CveFacts facts, Exposure exposure, Criticality criticality) {
        return DecideDeadline.decide(rule, facts, exposure, criticality);
    }

    private static CveFacts facts(
            Ternary exploited,
            Ternary automatable,
            @Nullable Double cvss,
            CveFacts.@Nullable Exploit exploit) {
        return new CveFacts(
                "CVE-2026-1",
                exploited,
                null,
                null,
                Ternary.UNKNOWN,
                null,
                "",
                automatable,
                Ternary.NO,
                cvss,
                "",
                exploit,
                null);
    }
}
