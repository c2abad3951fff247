package dev.understudy.risk;

import dev.understudy.advisory.Ternary;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says in one sentence why a patch ranks where it does. Times are UTC.
final class Explain {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private Explain() {}

    static String day(Instant instant) {
        return DAY.format(instant);
    }

    static String sentence(
            AssessedHost host,
            GroupPending.Pending pending,
            List<CveVerdict> verdicts,
            DeadlineClass deadlineClass,
            @Nullable Deadline deadline,
            Reach reach) {
        if (!pending.security()) {
            return "No deadline: it fixes no vulnerability that anybody names"
                    + (pending.changelogsRead() ? "" : ", and its changelog could not be read")
                    + ".";
        }
        List<String> because = new ArrayList<>();
        because.add(what(pending, verdicts));
        because.add(where(host));
        if (!verdicts.isEmpty()) {
            because.add(decisive(host, verdicts.getFirst()));
        }
        return head(deadlineClass, deadline, verdicts)
                + String.join(", ", because)
                + "; "
                + reach.because()
                + ".";
    }

    private static String head(
            DeadlineClass deadlineClass, @Nullable Deadline deadline, List<CveVerdict> verdicts) {
        if (deadline == null) {
            return "Fix with the next regular upgrade: ";
        }
        boolean oneClock = verdicts.isEmpty() || deadline.due().equals(verdicts.getFirst().due());
        if (!verdicts.isEmpty() && !verdicts.getFirst().excepted().isEmpty() && oneClock) {
            return verdicts.getFirst().excepted().replaceAll("[.:]+$", "") + ". Then: ";
        }
        return oneClock
                ? "Fix within %d days (by %s): "
                        .formatted(
                                verdicts.isEmpty()
                                        ? deadlineClass.days()
                                        : verdicts.getFirst().days(),
                                day(deadline.due()))
                : "Fix by %s (%s): ".formatted(day(deadline.due()), deadline.cve());
    }

    private static String what(GroupPending.Pending pending, List<CveVerdict> verdicts) {
        if (verdicts.isEmpty()) {
            return "it comes from the security archive, and "
                    + (pending.changelogsRead()
                            ? "its changelog names no CVE"
                            : "its changelog could not be read");
        }
        CveVerdict first = verdicts.getFirst();
        int more = verdicts.size() - 1;
        return switch (first.exploited()) {
            case YES -> first.cve() + " is known exploited" + also(more);
            case NO -> first.cve() + " is not known exploited" + also(more);
            case UNKNOWN ->
                    more == 0
                            ? "whether %s is exploited is unknown".formatted(first.cve())
                            : "whether %s and %d more are exploited is unknown"
                                    .formatted(first.cve(), more);
        };
    }

    private static String also(int more) {
        return more == 0 ? "" : " (it fixes %d more)".formatted(more);
    }

    private static String where(AssessedHost host) {
        return switch (host.exposure()) {
            case INTERNET -> "the host is internet-facing";
            case INTERNAL -> "the host is internal";
            case ISOLATED -> "the host is isolated";
            case UNKNOWN -> "the host's exposure is unknown and counts as internet-facing";
        };
    }

    /// What else the rule of the host's group goes by.
    private static String decisive(AssessedHost host, CveVerdict verdict) {
        return switch (host.terms().rule().standard()) {
            case BOD_26_04 -> decisionPoints(verdict);
            case SSVC ->
                    switch (verdict.automatable()) {
                        case YES -> "automatable";
                        case NO -> "not automatable";
                        case UNKNOWN ->
                                "whether attacks can be automated is unknown and counts as yes";
                    };
            case PCI, SLA -> severity(host.factsOf(verdict.cve()).cvss());
        };
    }

    private static String decisionPoints(CveVerdict verdict) {
        if (verdict.automatable() == Ternary.UNKNOWN || verdict.totalImpact() == Ternary.UNKNOWN) {
            return "its SSVC decision points are unknown, so "
                    + (verdict.exploited() == Ternary.YES
                            ? "the worst case counts"
                            : "%d days stand in".formatted(verdict.deadlineClass().days()));
        }
        return (verdict.automatable() == Ternary.YES ? "automatable" : "not automatable")
                + (verdict.totalImpact() == Ternary.YES ? ", with total impact" : "");
    }

    private static String severity(@Nullable Double cvss) {
        return cvss == null
                ? "no feed gives its severity, so it counts as critical"
                : String.format(Locale.ROOT, "its CVSS score is %.1f", cvss);
    }
}
