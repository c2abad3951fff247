package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import java.util.List;

/// CISA's Binding Operational Directive 26-04 as a table, `bod-26-04.csv`: how soon to fix a
/// vulnerability, by whether it is known exploited, whether the host is exposed, whether attacks
/// can be automated and whether the impact is total.
final class Bod2604 {
    /// All sixteen rows. `triage` asks for evidence to be secured before patching.
    static final List<Row> ROWS =
            DecisionTable.rows(
                            "bod-26-04.csv",
                            List.of(
                                    "known_exploited",
                                    "exposed",
                                    "automatable",
                                    "total_impact",
                                    "deadline",
                                    "forensic_triage"))
                    .stream()
                    .map(Row::of)
                    .toList();

    private Bod2604() {}

    /// One row of the table.
    record Row(
            boolean exploited,
            boolean exposed,
            boolean automatable,
            boolean totalImpact,
            DeadlineClass deadlineClass,
            boolean triage) {
        static Row of(List<String> cells) {
            return new Row(
                    DecisionTable.yes(cells.get(0)),
                    DecisionTable.yes(cells.get(1)),
                    DecisionTable.yes(cells.get(2)),
                    DecisionTable.yes(cells.get(3)),
                    DeadlineClass.valueOf(cells.get(4)),
                    DecisionTable.yes(cells.get(5)));
        }
    }

    /// A row, or the default that stands in where a decision point is missing.
    record Decision(DeadlineClass deadlineClass, boolean triage, List<String> assumed) {}

    /// Decides. A missing decision point is the worst case for what is known exploited; for
    /// everything else CISA's default of 60 days stands in. Unknown exploitation counts as none,
    /// and is told.
    static Decision decide(
            Ternary exploited, boolean exposed, Ternary automatable, Ternary totalImpact) {
        boolean missing = automatable == Ternary.UNKNOWN || totalImpact == Ternary.UNKNOWN;
        if (missing && exploited == Ternary.YES) {
            Row worst = row(true, exposed, automatable != Ternary.NO, totalImpact != Ternary.NO);
            return new Decision(
                    worst.deadlineClass(),
                    worst.triage(),
                    List.of("no decision points: the worst case stands in"));
        }
        if (missing) {
            return new Decision(
                    DeadlineClass.SIXTY_DAYS,
                    false,
                    exploited == Ternary.UNKNOWN
                            ? List.of(UNKNOWN_EXPLOITED, DEFAULT_STANDS_IN)
                            : List.of(DEFAULT_STANDS_IN));
        }
        Row row =
                row(
                        exploited == Ternary.YES,
                        exposed,
                        automatable == Ternary.YES,
                        totalImpact == Ternary.YES);
        return new Decision(
                row.deadlineClass(),
                row.triage(),
                exploited == Ternary.UNKNOWN ? List.of(UNKNOWN_EXPLOITED) : List.of());
    }

    private static final String UNKNOWN_EXPLOITED =
            "whether it is exploited is unknown: counted as not";
    private static final String DEFAULT_STANDS_IN = "no decision points: 60 days stand in";

    private static Row row(
            boolean exploited, boolean exposed, boolean automatable, boolean totalImpact) {
        return ROWS.stream()
                .filter(
                        row ->
                                row.exploited() == exploited
                                        && row.exposed() == exposed
                                        && row.automatable() == automatable
                                        && row.totalImpact() == totalImpact)
                .findAny()
                .orElseThrow();
    }
}
