package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import java.util.ArrayList;
import java.util.Comparator;
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

    /// What the directive gives where nothing is decided of a vulnerability.
    private static final DeadlineClass DEFAULT = DeadlineClass.SIXTY_DAYS;

    private static final Comparator<Row> WORST_FIRST =
            Comparator.comparing(Row::deadlineClass)
                    .thenComparing(Comparator.comparing(Row::triage).reversed());

    private Bod2604() {}

    /// One row of the table.
    record Row(
            boolean exploited,
            boolean exposed,
            boolean automatable,
            boolean totalImpact,
            DeadlineClass deadlineClass,
            boolean triage) {
        private Decision decision(List<String> assumed) {
            return new Decision(deadlineClass, triage, assumed);
        }

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
    record Decision(DeadlineClass deadlineClass, boolean triage, List<String> assumed) {
        Decision {
            assumed = List.copyOf(assumed);
        }
    }

    /// Decides. A missing decision point is the worst case for what is known exploited; for
    /// everything else CISA's default of 60 days stands in, unless what is known leaves nothing as
    /// late as that. Unknown exploitation counts as none, and is told.
    static Decision decide(
            Ternary exploited, boolean exposed, Ternary automatable, Ternary totalImpact) {
        boolean listed = exploited == Ternary.YES;
        List<Row> left =
                ROWS.stream()
                        .filter(row -> row.exploited() == listed && row.exposed() == exposed)
                        .filter(row -> mayBe(automatable, row.automatable()))
                        .filter(row -> mayBe(totalImpact, row.totalImpact()))
                        .sorted(WORST_FIRST)
                        .toList();
        List<String> assumed = new ArrayList<>();
        if (exploited == Ternary.UNKNOWN) {
            assumed.add("whether it is exploited is unknown: counted as not");
        }
        if (left.size() == 1) {
            return left.getFirst().decision(assumed);
        }
        if (listed) {
            assumed.add("no decision points: the worst case stands in");
            return left.getFirst().decision(assumed);
        }
        DeadlineClass latest = left.getLast().deadlineClass();
        DeadlineClass standsIn = latest.compareTo(DEFAULT) < 0 ? latest : DEFAULT;
        assumed.add(
                "%s: %d days stand in"
                        .formatted(
                                standsIn == DEFAULT
                                        ? "no decision points"
                                        : "not all decision points are known",
                                standsIn.days()));
        return new Decision(standsIn, false, assumed);
    }

    private static boolean mayBe(Ternary known, boolean value) {
        return known == Ternary.UNKNOWN || (known == Ternary.YES) == value;
    }
}
