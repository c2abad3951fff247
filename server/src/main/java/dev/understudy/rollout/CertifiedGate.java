package dev.understudy.rollout;

import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Step;
import java.util.ArrayList;
import java.util.List;

/// The gate that lets a wave pass once the certificate's tests ask for the next one. Single
/// failures are weighed, not fatal, as long as the host was put back whole; doubt holds. Where
/// there is no certificate every host must pass.
final class CertifiedGate implements Gate {
    private final Gate strict;

    CertifiedGate(Gate strict) {
        this.strict = strict;
    }

    @Override
    public Verdict assess(Evidence evidence) {
        Trial trial = evidence.trial();
        return trial == null ? strict.assess(evidence) : assess(evidence, trial);
    }

    private static Verdict assess(Evidence evidence, Trial trial) {
        for (Deployment d : evidence.deployments()) {
            if (halts(d) && evidence.attributed().against(d) && !evidence.leftOut(d)) {
                return new Verdict.Halt(
                        "%s: %s".formatted(evidence.name(d), Sentences.of(d.failure())));
            }
        }
        if (trial.course().halts()) {
            return new Verdict.Halt(trial.sentence() + failures(evidence, trial));
        }
        if (!evidence.soaked()) {
            return EveryHostInEffect.unsoaked(evidence);
        }
        List<String> doubts = new ArrayList<>();
        evidence.deployments().stream()
                .filter(d -> d.wave() == evidence.wave() && !settledBadly(d, trial))
                .filter(d -> !evidence.attributed().excused().contains(d.host()))
                .forEach(d -> EveryHostInEffect.doubt(d, evidence, doubts));
        evidence.attributed().waits().ifPresent(doubts::add);
        if (!doubts.isEmpty()) {
            return new Verdict.Hold(String.join(" ", doubts));
        }
        List<Integer> asking = trial.asking(evidence.deployments());
        if (!asking.isEmpty()) {
            return new Verdict.Ask(question(evidence, trial, asking));
        }
        return new Verdict.Promote(trial.sentence());
    }

    private static boolean halts(Deployment d) {
        return d.state() instanceof State.Broken || d.state() instanceof State.FailedInTwin;
    }

    /// A host whose failure is recorded raises no further doubt, once it is not being put back any
    /// more.
    private static boolean settledBadly(Deployment d, Trial trial) {
        return trial.failed(d)
                && !(d.state() instanceof State.RollingBack)
                && !(d.state() instanceof State.Unhealthy);
    }

    private static String question(Evidence evidence, Trial trial, List<Integer> asking) {
        boolean out =
                asking.stream()
                        .allMatch(
                                stratum ->
                                        trial.course().strata().get(stratum).step()
                                                instanceof Step.Sample);
        return "%s %s A person has to."
                .formatted(
                        out
                                ? "Too few hosts are left to judge the patch by."
                                : "The test cannot decide.",
                        trial.course()
                                .decided(evidence.wave())
                                .sentence(trial.certificate().names()));
    }

    private static String failures(Evidence evidence, Trial trial) {
        List<String> named = new ArrayList<>();
        evidence.deployments().stream()
                .filter(trial::failed)
                .limit(3)
                .forEach(
                        d ->
                                named.add(
                                        d.failure().isEmpty()
                                                ? evidence.name(d)
                                                : "%s: %s"
                                                        .formatted(
                                                                evidence.name(d),
                                                                Sentences.of(d.failure()))));
        return named.isEmpty() ? "" : " For example " + String.join("; ", named) + ".";
    }
}
