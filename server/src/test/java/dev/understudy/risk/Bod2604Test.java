package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.Ternary;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bod2604Test {
    /// Exploited, exposed, automatable, total impact; then what is due and whether triage is first.
    @ParameterizedTest
    @CsvSource({
        "YES, true,  YES, YES, THREE_DAYS,    true",
        "YES, true,  YES, NO,  THREE_DAYS,    false",
        "YES, true,  NO,  YES, THREE_DAYS,    true",
        "YES, true,  NO,  NO,  FOURTEEN_DAYS, false",
        "YES, false, YES, YES, THREE_DAYS,    true",
        "YES, false, YES, NO,  FOURTEEN_DAYS, false",
        "YES, false, NO,  YES, FOURTEEN_DAYS, false",
        "YES, false, NO,  NO,  FOURTEEN_DAYS, false",
        "NO,  true,  YES, YES, THREE_DAYS,    false",
        "NO,  true,  YES, NO,  FOURTEEN_DAYS, false",
        "NO,  true,  NO,  YES, FOURTEEN_DAYS, false",
        "NO,  true,  NO,  NO,  SIXTY_DAYS,    false",
        "NO,  false, YES, YES, SIXTY_DAYS,    false",
        "NO,  false, YES, NO,  SIXTY_DAYS,    false",
        "NO,  false, NO,  YES, ON_UPGRADE,    false",
        "NO,  false, NO,  NO,  ON_UPGRADE,    false"
    })
    void decidesEveryRowAsTheDirectiveSays(
            Ternary exploited,
            boolean exposed,
            Ternary automatable,
            Ternary total,
            DeadlineClass expected,
            boolean triage) {
        Bod2604.Decision decision = Bod2604.decide(exploited, exposed, automatable, total);
        assertThat(decision.deadlineClass()).isEqualTo(expected);
        assertThat(decision.triage()).isEqualTo(triage);
        assertThat(decision.assumed()).isEmpty();
    }

    @Test
    void hasEachRowOnce() {
        assertThat(Bod2604.ROWS).hasSize(16);
        assertThat(
                        Bod2604.ROWS.stream()
                                .map(
                                        row ->
                                                "%s %s %s %s"
                                                        .formatted(
                                                                row.exploited(),
                                                                row.exposed(),
                                                                row.automatable(),
                                                                row.totalImpact())))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "NO,      true,  UNKNOWN, UNKNOWN, SIXTY_DAYS",
        "NO,      false, UNKNOWN, UNKNOWN, SIXTY_DAYS",
        "UNKNOWN, true,  UNKNOWN, UNKNOWN, SIXTY_DAYS",
        "UNKNOWN, true,  YES,     YES,     THREE_DAYS",
        "UNKNOWN, false, NO,      NO,      ON_UPGRADE",
        "YES,     true,  UNKNOWN, UNKNOWN, THREE_DAYS",
        "YES,     false, UNKNOWN, UNKNOWN, THREE_DAYS",
        "YES,     false, NO,      UNKNOWN, FOURTEEN_DAYS",
        // What is known leaves nothing as late as the default.
        "NO,      true,  YES,     UNKNOWN, FOURTEEN_DAYS",
        "NO,      true,  UNKNOWN, YES,     FOURTEEN_DAYS",
        // It may be as late as that, or later.
        "NO,      true,  NO,      UNKNOWN, SIXTY_DAYS",
        "NO,      false, YES,     UNKNOWN, SIXTY_DAYS",
        "NO,      false, NO,      UNKNOWN, SIXTY_DAYS",
        "NO,      false, UNKNOWN, NO,      SIXTY_DAYS"
    })
    void saysWhatItAssumedWhereNobodyKnows(
            Ternary exploited,
            boolean exposed,
            Ternary automatable,
            Ternary total,
            DeadlineClass expected) {
        Bod2604.Decision decision = Bod2604.decide(exploited, exposed, automatable, total);
        assertThat(decision.deadlineClass()).isEqualTo(expected);
        assertThat(decision.assumed()).isNotEmpty();
    }

    @Test
    void asksForTriageWhereTheWorstCaseOfWhatIsExploitedDoes() {
        assertThat(Bod2604.decide(Ternary.YES, true, Ternary.UNKNOWN, Ternary.UNKNOWN).triage())
                .isTrue();
        assertThat(Bod2604.decide(Ternary.YES, true, Ternary.YES, Ternary.UNKNOWN).triage())
                .isTrue();
        assertThat(Bod2604.decide(Ternary.YES, true, Ternary.UNKNOWN, Ternary.NO).triage())
                .isFalse();
    }

    /// Whatever a missing decision point turns out to be, the deadline does not come forward by
    /// more than to the row that then holds, and was never later than the latest of them.
    @Test
    void neverStandsInLaterThanEveryRowThatMayHold() {
        for (Bod2604.Row row : Bod2604.ROWS) {
            Ternary exploited = row.exploited() ? Ternary.YES : Ternary.NO;
            for (boolean automatable : new boolean[] {true, false}) {
                Bod2604.Decision partly =
                        Bod2604.decide(
                                exploited,
                                row.exposed(),
                                automatable ? Ternary.UNKNOWN : ternary(row.automatable()),
                                automatable ? ternary(row.totalImpact()) : Ternary.UNKNOWN);
                DeadlineClass latest =
                        Bod2604.ROWS.stream()
                                .filter(
                                        other ->
                                                other.exploited() == row.exploited()
                                                        && other.exposed() == row.exposed()
                                                        && (automatable
                                                                ? other.totalImpact()
                                                                        == row.totalImpact()
                                                                : other.automatable()
                                                                        == row.automatable()))
                                .map(Bod2604.Row::deadlineClass)
                                .max(Comparator.naturalOrder())
                                .orElseThrow();
                assertThat(partly.deadlineClass())
                        .as("%s, automatable unknown: %s", row, automatable)
                        .isLessThanOrEqualTo(latest);
            }
        }
    }

    private static Ternary ternary(boolean value) {
        return value ? Ternary.YES : Ternary.NO;
    }
}
