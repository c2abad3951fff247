package dev.understudy.rollout;

import dev.understudy.fleet.Work;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import java.util.Optional;

/// What a host would be begun with now if nothing outside of its rollout kept it waiting.
final class Turn {
    private Turn() {}

    static Optional<Work> of(Rollout rollout, Deployment d) {
        return switch (rollout.state()) {
            case Rollout.State.Rehearsing _ -> rehearsal(d);
            case Rollout.State.Running(int wave) when d.wave() == wave -> inWave(rollout, d);
            case Rollout.State.RollingBack _ ->
                    d.state() instanceof State.Done || d.state() instanceof State.NotInEffect
                            ? Optional.of(Work.RESTORE)
                            : Optional.empty();
            case Rollout.State.Running _, Rollout.State.AwaitingApproval _ -> Optional.empty();
            case Rollout.State.Announced _, Rollout.State.Objected _ -> Optional.empty();
            case Rollout.State.Soaking _, Rollout.State.Held _, Rollout.State.Paused _ ->
                    Optional.empty();
            case Rollout.State.Halted _, Rollout.State.RolledBack _, Rollout.State.Completed _ ->
                    Optional.empty();
        };
    }

    private static Optional<Work> rehearsal(Deployment d) {
        return d.state() instanceof State.Planned ? Optional.of(Work.REHEARSAL) : Optional.empty();
    }

    private static Optional<Work> inWave(Rollout rollout, Deployment d) {
        if (d.state() instanceof State.Rehearsed) {
            return Optional.of(Work.APPLY);
        }
        boolean reboots =
                d.state() instanceof State.NotInEffect(_, boolean helps, _)
                        && helps
                        && rollout.terms().reboot() == RebootPolicy.WHEN_NEEDED;
        return reboots ? Optional.of(Work.REBOOT) : rehearsal(d);
    }
}
