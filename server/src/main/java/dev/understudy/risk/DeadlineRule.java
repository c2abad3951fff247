package dev.understudy.risk;

import dev.understudy.platform.Problem;
import java.time.LocalDate;
import java.util.List;

/// By which rule the deadlines of a group are set.
///
/// @param days for each of the standard's own levels, the most urgent first; see [Standard]
/// @param businessDays whether only working days count, Monday to Friday in UTC without `holidays`
public record DeadlineRule(
        Standard standard, List<Integer> days, boolean businessDays, List<LocalDate> holidays) {
    private static final int MOST = 3_650;

    /// What holds where nobody decided otherwise.
    public static final DeadlineRule USUAL =
            new DeadlineRule(Standard.BOD_26_04, List.of(), false, List.of());

    /// Where the levels come from.
    public enum Standard {
        /// CISA BOD 26-04: the directive's own days.
        BOD_26_04,
        /// SSVC for deployers: days for immediate, out-of-cycle, scheduled. Deferred has no date.
        SSVC,
        /// PCI DSS 6.3.3: days for critical, one month at most, and for everything else.
        PCI,
        /// One's own terms: days for critical, high, medium, low by CVSS.
        SLA;

        /// Its days where nobody gives others.
        public List<Integer> usual() {
            return switch (this) {
                case BOD_26_04 -> List.of();
                case SSVC -> List.of(3, 14, 60);
                case PCI -> List.of(30, 90);
                case SLA -> List.of(7, 30, 90, 180);
            };
        }
    }

    public DeadlineRule {
        days = List.copyOf(days);
        holidays = List.copyOf(holidays);
        if (days.size() != standard.usual().size()
                || days.stream().anyMatch(each -> each < 1 || each > MOST)
                || !days.equals(days.stream().sorted().toList())) {
            throw Problem.invalid(
                    "deadline-days-invalid",
                    ("The days %s do not fit %s. It takes %d numbers from 1 to %d, none smaller than"
                                    + " the one before, such as %s.")
                            .formatted(
                                    days,
                                    standard,
                                    standard.usual().size(),
                                    MOST,
                                    standard.usual()));
        }
        if (standard == Standard.PCI && days.getFirst() > 31) {
            throw Problem.invalid(
                    "deadline-days-invalid",
                    "PCI DSS 6.3.3 gives one month for what is critical; %d days are more."
                            .formatted(days.getFirst()));
        }
    }
}
