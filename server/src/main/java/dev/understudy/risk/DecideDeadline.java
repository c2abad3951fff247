package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Ternary;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.risk.SsvcDeployer.Exploitation;
import dev.understudy.risk.SsvcDeployer.HumanImpact;
import dev.understudy.risk.SsvcDeployer.SystemExposure;
import java.util.ArrayList;
import java.util.List;

/// Decides how soon one CVE has to be fixed on one host, by the rule of its group. Pure. What
/// nobody knows counts as the worst case, or as the directive says, and is told.
final class DecideDeadline {
    private static final double CRITICAL = 9.0;
    private static final double HIGH = 7.0;
    private static final double MEDIUM = 4.0;

    private DecideDeadline() {}

    /// @param days from the start of the clock; 0 is no date
    /// @param assumed inputs that nobody knew, and what stands for them
    record Decision(DeadlineClass deadlineClass, int days, boolean triage, List<String> assumed) {}

    static Decision decide(
            DeadlineRule rule, CveFacts facts, Exposure exposure, Criticality criticality) {
        return switch (rule.standard()) {
            case BOD_26_04 -> byDirective(facts, exposure);
            case SSVC -> bySsvc(rule, facts, exposure, criticality);
            case PCI -> bySeverity(rule, facts, 2);
            case SLA -> bySeverity(rule, facts, 4);
        };
    }

    private static Decision byDirective(CveFacts facts, Exposure exposure) {
        Bod2604.Decision row =
                Bod2604.decide(
                        facts.exploited(),
                        exposure == Exposure.INTERNET || exposure == Exposure.UNKNOWN,
                        facts.automatable(),
                        facts.totalImpact());
        List<String> assumed = new ArrayList<>(row.assumed());
        if (exposure == Exposure.UNKNOWN) {
            assumed.add("the host's exposure is unknown: it counts as exposed");
        }
        return new Decision(row.deadlineClass(), row.deadlineClass().days(), row.triage(), assumed);
    }

    private static Decision bySsvc(
            DeadlineRule rule, CveFacts facts, Exposure exposure, Criticality criticality) {
        List<String> assumed = new ArrayList<>();
        if (facts.automatable() == Ternary.UNKNOWN) {
            assumed.add("whether attacks can be automated is unknown: counted as yes");
        }
        if (exposure == Exposure.UNKNOWN) {
            assumed.add("the host's exposure is unknown: counted as open");
        }
        SsvcDeployer.Point point =
                new SsvcDeployer.Point(
                        exploitation(facts, assumed),
                        switch (exposure) {
                            case INTERNET, UNKNOWN -> SystemExposure.OPEN;
                            case INTERNAL -> SystemExposure.CONTROLLED;
                            case ISOLATED -> SystemExposure.SMALL;
                        },
                        facts.automatable() != Ternary.NO,
                        HumanImpact.valueOf(criticality.name()));
        int days =
                switch (SsvcDeployer.decide(point)) {
                    case IMMEDIATE -> rule.days().get(0);
                    case OUT_OF_CYCLE -> rule.days().get(1);
                    case SCHEDULED -> rule.days().get(2);
                    case DEFER -> 0;
                };
        return new Decision(DeadlineClass.ofDays(days), days, false, assumed);
    }

    private static Exploitation exploitation(CveFacts facts, List<String> assumed) {
        if (facts.exploited() == Ternary.YES || facts.exploitation().equals("active")) {
            return Exploitation.ACTIVE;
        }
        if (facts.exploited() == Ternary.UNKNOWN) {
            assumed.add("whether it is exploited is unknown: counted as active");
            return Exploitation.ACTIVE;
        }
        return facts.exploit() != null || facts.exploitation().equals("poc")
                ? Exploitation.PUBLIC_POC
                : Exploitation.NONE;
    }

    /// By CVSS; what is known exploited is critical whatever its score.
    private static Decision bySeverity(DeadlineRule rule, CveFacts facts, int levels) {
        List<String> assumed = new ArrayList<>();
        Double score = facts.cvss();
        int level;
        if (facts.exploited() == Ternary.YES || (score != null && score >= CRITICAL)) {
            level = 0;
        } else if (score == null) {
            assumed.add("no feed gives a severity: counted as critical");
            level = 0;
        } else {
            level = score >= HIGH ? 1 : score >= MEDIUM ? 2 : 3;
        }
        int days = rule.days().get(Math.min(level, levels - 1));
        return new Decision(DeadlineClass.ofDays(days), days, false, assumed);
    }
}
