package dev.understudy.rollout;

import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The gate that lets a wave pass only if every host of it has the patch in effect, was heard of
/// after the soak, and is healthy. Any failure in the rollout halts it; any doubt holds it. Where
/// policy forbids reboots, a host that only lacks one counts as patched. A host that failed of
/// something else is passed over: it proves nothing, and a person has let the rollout go on.
final class EveryHostInEffect implements Gate {

    @Override
    public Verdict assess(Evidence evidence) {
        for (Deployment d : evidence.deployments()) {
            if (!d.failure().isEmpty()
                    && evidence.attributed().against(d)
                    && !evidence.leftOut(d)) {
                return new Verdict.Halt(
                        "%s: %s".formatted(evidence.name(d), Sentences.of(d.failure())));
            }
        }
        if (!evidence.soaked()) {
            return unsoaked(evidence);
        }
        List<Deployment> wave =
                evidence.deployments().stream().filter(d -> d.wave() == evidence.wave()).toList();
        List<String> doubts = new ArrayList<>();
        wave.stream()
                .filter(d -> !evidence.attributed().excused().contains(d.host()))
                .forEach(d -> doubt(d, evidence, doubts));
        evidence.attributed().waits().ifPresent(doubts::add);
        long patched = wave.stream().filter(d -> patched(d, evidence.terms())).count();
        if (!doubts.isEmpty()) {
            return new Verdict.Hold(String.join(" ", doubts));
        }
        if (patched == 0 && evidence.deployments().stream().anyMatch(d -> later(d, evidence))) {
            return new Verdict.Hold("No host of wave %d was patched.".formatted(evidence.wave()));
        }
        if (patched == 0) {
            return new Verdict.Promote("No host is left to be patched.");
        }
        return new Verdict.Promote(
                "All %d patched hosts of wave %d are healthy after the soak."
                        .formatted(patched, evidence.wave()));
    }

    static Verdict unsoaked(Evidence evidence) {
        return new Verdict.Hold(
                evidence.soakedAt().equals(Instant.MAX)
                        ? "The wave is still being patched."
                        : "The wave soaks until %s."
                                .formatted(Sentences.time(evidence.soakedAt())));
    }

    private static boolean later(Deployment d, Evidence evidence) {
        return d.wave() > evidence.wave();
    }

    static boolean patched(Deployment d, Terms terms) {
        return d.state() instanceof State.Done
                || (d.state() instanceof State.NotInEffect && terms.reboot() == RebootPolicy.NEVER);
    }

    static void doubt(Deployment d, Evidence evidence, List<String> doubts) {
        switch (d.state()) {
            case State.Done _ -> silence(d, evidence, doubts);
            case State.NotInEffect(_, _, List<String> reasons) -> {
                if (patched(d, evidence.terms())) {
                    silence(d, evidence, doubts);
                } else {
                    doubts.add(
                            about(d, evidence, "is patched, but not in effect. " + join(reasons)));
                }
            }
            case State.Doubtful(_, String reason, boolean accepted) -> {
                if (!accepted) {
                    doubts.add(about(d, evidence, "may or may not be patched. " + reason));
                }
            }
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ ->
                    doubts.add(about(d, evidence, "is still being patched."));
            case State.Verifying _, State.RollingBack _ ->
                    doubts.add(about(d, evidence, "is still being worked on."));
            case State.Unhealthy _, State.FailedInTwin _, State.Restored _, State.Broken _ ->
                    doubts.add(about(d, evidence, "failed."));
            case State.Skipped _, State.RolledBack _ -> {}
        }
    }

    private static void silence(Deployment d, Evidence evidence, List<String> doubts) {
        HostSeen seen = evidence.seen().get(d.host());
        Instant at = seen == null ? null : seen.at();
        if (at == null || at.isBefore(evidence.soakedAt())) {
            doubts.add(about(d, evidence, "was not heard of since the end of the soak."));
        }
    }

    private static String about(Deployment d, Evidence evidence, String what) {
        return "%s %s".formatted(evidence.name(d), what);
    }

    private static String join(List<String> reasons) {
        return Sentences.of(reasons);
    }
}
