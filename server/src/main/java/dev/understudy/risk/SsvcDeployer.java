package dev.understudy.risk;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// CERT/CC's SSVC decision table for those who deploy fixes, version 1.0.0, `ssvc-deployer.csv`:
/// how soon to act, by the state of exploitation, from where the host can be reached, whether
/// attacks can be automated, and what would come of it.
final class SsvcDeployer {
    private static final Map<Point, Priority> TABLE =
            DecisionTable.rows(
                            "ssvc-deployer.csv",
                            List.of(
                                    "exploitation",
                                    "system_exposure",
                                    "automatable",
                                    "human_impact",
                                    "priority"))
                    .stream()
                    .collect(Collectors.toUnmodifiableMap(Point::of, SsvcDeployer::priority));

    private SsvcDeployer() {}

    enum Exploitation {
        NONE,
        PUBLIC_POC,
        ACTIVE
    }

    enum SystemExposure {
        SMALL,
        CONTROLLED,
        OPEN
    }

    enum HumanImpact {
        LOW,
        MEDIUM,
        HIGH,
        VERY_HIGH
    }

    /// What to do, least urgent first.
    enum Priority {
        DEFER,
        SCHEDULED,
        OUT_OF_CYCLE,
        IMMEDIATE
    }

    /// One row's input.
    record Point(
            Exploitation exploitation,
            SystemExposure exposure,
            boolean automatable,
            HumanImpact impact) {
        static Point of(List<String> cells) {
            return new Point(
                    Exploitation.valueOf(constant(cells.get(0))),
                    SystemExposure.valueOf(constant(cells.get(1))),
                    DecisionTable.yes(cells.get(2)),
                    HumanImpact.valueOf(constant(cells.get(3))));
        }
    }

    static Priority decide(Point point) {
        Priority found = TABLE.get(point);
        if (found == null) {
            throw new IllegalStateException("the table has no row for %s".formatted(point));
        }
        return found;
    }

    static int rows() {
        return TABLE.size();
    }

    private static Priority priority(List<String> cells) {
        return Priority.valueOf(constant(cells.get(4)));
    }

    private static String constant(String cell) {
        return cell.toUpperCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }
}
