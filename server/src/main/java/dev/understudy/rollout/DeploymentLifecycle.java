package dev.understudy.rollout;

import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.util.List;

/// The only place that moves a host through its rollout. Decisions that do not fit the state are a
/// fault ([NotNow]). What hosts tell may come twice, late or out of order: what does not concern
/// the order under way changes nothing.
final class DeploymentLifecycle {
    private DeploymentLifecycle() {}

    static Deployment next(Deployment d, Event event) {
        return switch (event) {
            case Event.RehearsalOrdered(OrderId rehearsal) -> rehearsalOrdered(d, rehearsal);
            case Event.WaveAssigned(int wave) -> waveAssigned(d, wave);
            case Event.ApplyOrdered(OrderId order) -> applyOrdered(d, order);
            case Event.RebootOrdered(OrderId order) -> rebootOrdered(d, order);
            case Event.RestoreOrdered(OrderId order) -> restoreOrdered(d, order);
            case Event.ClassFailed(_, String reason) -> classFailed(d, reason);
            case Event.Withdrawn(String reason) -> withdrawn(d, reason);
            case Event.UnrehearsedAccepted(OrderId rehearsal, int wave, Acceptance acceptance) ->
                    unrehearsed(d, rehearsal, wave, acceptance);
            case Event.RetryWanted(int wave) -> retry(d, wave);
            case Event.LeftOut(String by, String reason) -> leftOut(d, by, reason);
            case Event.DoubtAccepted _ -> doubtAccepted(d);
            case Event.RehearsalPassed(OrderId rehearsal) ->
                    rehearses(d, rehearsal) ? d.with(new State.Rehearsed(rehearsal)) : d;
            case Event.RehearsalFailed(OrderId rehearsal, List<String> reasons) ->
                    rehearses(d, rehearsal)
                            ? d.with(new State.FailedInTwin(rehearsal, reasons))
                            : d;
            case Event.RehearsalProvedNothing(OrderId rehearsal, Skip why, String reason) ->
                    rehearses(d, rehearsal) ? d.with(new State.Skipped(why, reason)) : d;
            case Event.RehearsalLost(OrderId rehearsal, String reason) ->
                    rehearses(d, rehearsal) ? d.with(rehearsalLost(d, reason)) : d;
            case Event.PlanExtended(OrderId rehearsal, HostPlan plan) ->
                    rehearses(d, rehearsal) ? d.with(plan, new State.Planned(false)) : d;
            case Event.ApplyEnded(OrderId order, ApplyResult result) ->
                    OrderAnswers.applyEnded(d, order, result);
            case Event.RestoreEnded(OrderId order, RestoreResult result) ->
                    OrderAnswers.restoreEnded(d, order, result);
            case Event.OrderRefused(OrderId order, Refusal code, String detail) ->
                    OrderAnswers.refused(d, order, code, detail);
            case Event.OrderFailed(OrderId order, String detail) ->
                    OrderAnswers.orderFailed(d, order, detail);
            case Event.OrderExpired(OrderId order, String reason) ->
                    OrderAnswers.expired(d, order, reason);
            case Event.OrderTakenBack(OrderId order) -> OrderAnswers.takenBack(d, order);
            case Event.Rebooted(OrderId order) -> OrderAnswers.rebooted(d, order);
            case Event.SeenInEffect _ -> seenInEffect(d);
            case Event.SeenNotInEffect(List<String> reasons) -> seenNotInEffect(d, reasons);
            case Event.SeenUnchanged _ -> seenUnchanged(d);
            case Event.SeenUnhealthy(List<String> reasons) -> seenUnhealthy(d, reasons);
            case Event.Recovered(List<String> notInEffect) -> recovered(d, notInEffect);
            case Event.SeenRestored(String checkpoint) ->
                    !checkpoint.isEmpty() && checkpoint(d).equals(checkpoint)
                            ? d.with(new State.RolledBack(checkpoint))
                            : d;
            case Event.HostRetired _ ->
                    d.open() ? d.with(new State.Skipped(Skip.RETIRED, "The host was retired.")) : d;
        };
    }

    private static Deployment rehearsalOrdered(Deployment d, OrderId rehearsal) {
        if (d.state() instanceof State.Planned) {
            return d.withOrder(new State.Rehearsing(rehearsal));
        }
        throw unfit(d, "be rehearsed");
    }

    private static Deployment waveAssigned(Deployment d, int wave) {
        boolean waits = d.state() instanceof State.Rehearsed || d.state() instanceof State.Planned;
        if (waits && wave >= 1) {
            return d.inWave(wave);
        }
        throw unfit(d, "be put into wave " + wave);
    }

    private static Deployment applyOrdered(Deployment d, OrderId order) {
        if (d.state() instanceof State.Rehearsed(OrderId rehearsal, var accepted)
                && d.wave() >= 1) {
            return d.withOrder(new State.Applying(rehearsal, order, accepted));
        }
        throw unfit(d, "be patched");
    }

    private static Deployment rebootOrdered(Deployment d, OrderId order) {
        if (d.state() instanceof State.NotInEffect(String checkpoint, boolean helps, var reasons)
                && helps) {
            return d.withOrder(new State.Verifying(checkpoint, order, false, reasons));
        }
        throw unfit(d, "be rebooted");
    }

    private static Deployment restoreOrdered(Deployment d, OrderId order) {
        String checkpoint = checkpoint(d);
        if (checkpoint.isEmpty()) {
            throw unfit(d, "be rolled back: it keeps no checkpoint");
        }
        return d.withOrder(new State.RollingBack(checkpoint, order));
    }

    /// The checkpoint that a rollback of this host would use; empty if there is nothing to undo or
    /// no way to.
    static String checkpoint(Deployment d) {
        return switch (d.state()) {
            case State.Done(String checkpoint) -> checkpoint;
            case State.NotInEffect(String checkpoint, _, _) -> checkpoint;
            case State.Unhealthy(String checkpoint, _) -> checkpoint;
            case State.Broken(String checkpoint, _) -> checkpoint;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ -> "";
            case State.FailedInTwin _, State.Doubtful _, State.Verifying _, State.Restored _ -> "";
            case State.Skipped _, State.RollingBack _, State.RolledBack _ -> "";
        };
    }

    private static Deployment classFailed(Deployment d, String reason) {
        if (d.state() instanceof State.Planned) {
            return d.with(new State.Skipped(Skip.CLASS_FAILED, reason));
        }
        throw unfit(d, "be left out with its class");
    }

    private static Deployment withdrawn(Deployment d, String reason) {
        return switch (d.state()) {
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ ->
                    d.with(new State.Skipped(Skip.WITHDRAWN, reason));
            case State.FailedInTwin _, State.Doubtful _, State.Verifying _, State.Done _ ->
                    throw unfit(d, "be withdrawn");
            case State.NotInEffect _, State.Unhealthy _, State.Restored _, State.Broken _ ->
                    throw unfit(d, "be withdrawn");
            case State.Skipped _, State.RollingBack _, State.RolledBack _ ->
                    throw unfit(d, "be withdrawn");
        };
    }

    private static Deployment unrehearsed(
            Deployment d, OrderId rehearsal, int wave, Acceptance acceptance) {
        if (inconclusive(d)) {
            return d.anew(wave, new State.Rehearsed(rehearsal, acceptance));
        }
        throw unfit(d, "be accepted without a passed rehearsal");
    }

    /// Whether the host was left out because its rehearsal proved nothing.
    static boolean inconclusive(Deployment d) {
        return d.plan() != null
                && d.state() instanceof State.Skipped(Skip why, _, _)
                && why == Skip.INCONCLUSIVE;
    }

    private static Deployment retry(Deployment d, int wave) {
        if (retriable(d)) {
            return d.anew(wave, new State.Planned(true));
        }
        throw unfit(d, "rehearse once more");
    }

    static boolean retriable(Deployment d) {
        return d.plan() != null
                && d.state() instanceof State.Skipped(Skip why, _, _)
                && why.worthRetrying();
    }

    private static Deployment leftOut(Deployment d, String by, String reason) {
        if (d.state() instanceof State.Doubtful) {
            return doubtAccepted(d);
        }
        if (canBeLeftOut(d)) {
            return d.with(
                    new State.Skipped(
                            Skip.WITHDRAWN, "Left out by %s: %s".formatted(by, reason), by));
        }
        throw unfit(d, "be left out");
    }

    static boolean canBeLeftOut(Deployment d) {
        return d.untouched() || retriable(d) || doubted(d);
    }

    private static boolean doubted(Deployment d) {
        return d.state() instanceof State.Doubtful(_, _, boolean accepted) && !accepted;
    }

    private static Deployment doubtAccepted(Deployment d) {
        if (d.state() instanceof State.Doubtful(OrderId order, String reason, _)) {
            return d.with(new State.Doubtful(order, reason, true));
        }
        throw unfit(d, "be passed over");
    }

    private static State rehearsalLost(Deployment d, String reason) {
        return d.attempts() < Deployment.MOST_ATTEMPTS
                ? new State.Planned(true)
                : new State.Skipped(Skip.TOO_MANY_ATTEMPTS, reason);
    }

    private static boolean rehearses(Deployment d, OrderId order) {
        return d.state() instanceof State.Rehearsing(OrderId rehearsal) && rehearsal.equals(order);
    }

    private static Deployment seenInEffect(Deployment d) {
        return switch (d.state()) {
            case State.Verifying(String checkpoint, _, boolean rebooted, _) when rebooted ->
                    d.with(new State.Done(checkpoint));
            case State.NotInEffect(String checkpoint, _, _) -> d.with(new State.Done(checkpoint));
            case State.Verifying _, State.Planned _, State.Rehearsing _, State.Rehearsed _ -> d;
            case State.FailedInTwin _, State.Applying _, State.Doubtful _, State.Done _ -> d;
            case State.Unhealthy _, State.Restored _, State.Broken _, State.Skipped _ -> d;
            case State.RollingBack _, State.RolledBack _ -> d;
        };
    }

    private static Deployment seenNotInEffect(Deployment d, List<String> reasons) {
        if (d.state() instanceof State.Verifying(String checkpoint, _, boolean rebooted, _)
                && rebooted) {
            return d.with(new State.NotInEffect(checkpoint, false, reasons));
        }
        return d;
    }

    private static Deployment seenUnchanged(Deployment d) {
        if (d.state() instanceof State.Doubtful(_, String reason, _)) {
            return d.with(
                    new State.Skipped(
                            Skip.OFFLINE, reason + " Its packages are as they were before."));
        }
        return d;
    }

    private static Deployment seenUnhealthy(Deployment d, List<String> reasons) {
        return switch (d.state()) {
            case State.Done(String checkpoint) -> d.with(new State.Unhealthy(checkpoint, reasons));
            case State.NotInEffect(String checkpoint, _, _) ->
                    d.with(new State.Unhealthy(checkpoint, reasons));
            case State.Verifying(String checkpoint, _, boolean rebooted, _) when rebooted ->
                    d.with(new State.Unhealthy(checkpoint, reasons));
            case State.Verifying _, State.Planned _, State.Rehearsing _, State.Rehearsed _ -> d;
            case State.FailedInTwin _, State.Applying _, State.Doubtful _, State.Unhealthy _ -> d;
            case State.Restored _, State.Broken _, State.Skipped _, State.RollingBack _ -> d;
            case State.RolledBack _ -> d;
        };
    }

    private static Deployment recovered(Deployment d, List<String> notInEffect) {
        if (d.state() instanceof State.Unhealthy(String checkpoint, _)) {
            return d.with(
                    notInEffect.isEmpty()
                            ? new State.Done(checkpoint)
                            : new State.NotInEffect(checkpoint, false, notInEffect));
        }
        return d;
    }

    private static NotNow unfit(Deployment d, String what) {
        return new NotNow(
                "Host %s is %s in rollout %s and cannot %s."
                        .formatted(
                                d.host(), d.state().getClass().getSimpleName(), d.rollout(), what));
    }
}
