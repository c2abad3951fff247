package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Leaves a wave of a certified rollout: records what the tests decide, and lays the waves that
/// follow from it.
final class GoOn {
    private final Deployments deployments;
    private final MoveDeployment move;
    private final RecordEvidence evidence;
    private final Certification certification;

    GoOn(
            Deployments deployments,
            MoveDeployment move,
            RecordEvidence evidence,
            Certification certification) {
        this.deployments = deployments;
        this.move = move;
        this.evidence = evidence;
        this.certification = certification;
    }

    /// What happens to the rollout next.
    Rollout.Event from(Rollout rollout, Trial trial, int wave) {
        Trial decided = evidence.decide(rollout.id(), trial, wave);
        List<Deployment> members = deployments.of(rollout.id());
        Set<HostId> left =
                members.stream()
                        .filter(d -> d.untouched() && d.wave() > wave)
                        .map(Deployment::host)
                        .collect(Collectors.toSet());
        Map<HostId, Integer> waves =
                LayWaves.of(
                        decided.course(),
                        decided.draws(),
                        left,
                        wave,
                        rollout.terms().percentPerWave());
        int last = 1 + waves.values().stream().mapToInt(each -> each).max().orElse(wave);
        left.forEach(host -> waves.putIfAbsent(host, last));
        InSequence.raise(waves, certification.before());
        members.stream()
                .filter(d -> left.contains(d.host()))
                .filter(GoOn::waits)
                .forEach(
                        d -> {
                            int next = waves.getOrDefault(d.host(), d.wave());
                            if (next != d.wave()) {
                                move.happen(d, new Event.WaveAssigned(next), NextMoves.MACHINE);
                            }
                        });
        return NextMoves.onward(wave, deployments.of(rollout.id()));
    }

    /// Rehearsed, or to rehearse right before its turn.
    private static boolean waits(Deployment d) {
        return d.state() instanceof Deployment.State.Rehearsed
                || d.state() instanceof Deployment.State.Planned;
    }
}
