package dev.understudy.rollout;

import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.util.List;

/// What becomes of a host by what it answers to an order, or by its silence. Answers may come
/// twice, late or out of order: what does not concern the order under way changes nothing.
final class OrderAnswers {
    private OrderAnswers() {}

    private static boolean applies(Deployment d, OrderId reported) {
        return switch (d.state()) {
            case State.Applying(_, OrderId order, _) -> order.equals(reported);
            case State.Doubtful(OrderId order, _, _) -> order.equals(reported);
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ ->
                    false;
            case State.Verifying _, State.Done _, State.NotInEffect _, State.Unhealthy _ -> false;
            case State.Restored _, State.Broken _, State.Skipped _, State.RollingBack _ -> false;
            case State.RolledBack _ -> false;
        };
    }

    static Deployment applyEnded(Deployment d, OrderId order, ApplyResult result) {
        if (!applies(d, order)) {
            return d;
        }
        List<String> reasons = result.reasons();
        return d.with(
                switch (result.outcome()) {
                    case IN_EFFECT -> new State.Done(result.checkpoint());
                    case NOT_IN_EFFECT ->
                            new State.NotInEffect(
                                    result.checkpoint(),
                                    !result.rebootReasons().isEmpty(),
                                    reasons);
                    case NOT_STARTED ->
                            new State.Skipped(Skip.NOT_AS_REHEARSED, Sentences.of(reasons));
                    case RESTORED -> new State.Restored(reasons);
                    case BROKEN -> new State.Broken(result.checkpoint(), reasons);
                });
    }

    static Deployment restoreEnded(Deployment d, OrderId order, RestoreResult result) {
        if (d.state() instanceof State.RollingBack(String checkpoint, OrderId restore)
                && restore.equals(order)) {
            return d.with(
                    result.complete()
                            ? new State.RolledBack(checkpoint)
                            : new State.Broken(checkpoint, result.reasons()));
        }
        return d;
    }

    static Deployment refused(Deployment d, OrderId order, Refusal code, String detail) {
        return switch (d.state()) {
            case State.Applying(OrderId rehearsal, OrderId apply, var accepted)
                    when apply.equals(order) ->
                    d.with(applyRefused(d, new State.Rehearsed(rehearsal, accepted), code, detail));
            case State.Doubtful(OrderId apply, _, _) when apply.equals(order) ->
                    d.with(new State.Skipped(Skip.REFUSED, detail));
            case State.Verifying(String checkpoint, OrderId reboot, _, List<String> reasons)
                    when reboot.equals(order) ->
                    d.with(
                            new State.NotInEffect(
                                    checkpoint, rebootLater(d, code), and(reasons, detail)));
            case State.RollingBack(String checkpoint, OrderId restore) when restore.equals(order) ->
                    d.with(
                            code == Refusal.UNKNOWN_CHECKPOINT
                                    ? new State.Broken(
                                            "",
                                            List.of(
                                                    "The host keeps the patch: it no longer has the checkpoint "
                                                            + checkpoint))
                                    : new State.Broken(
                                            checkpoint,
                                            List.of(
                                                    "The host refused to be rolled back: "
                                                            + detail)));
            case State.Applying _, State.Doubtful _, State.Verifying _, State.RollingBack _ -> d;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> d;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> d;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> d;
        };
    }

    /// A host that is busy, without lease or stopped may take the order later, and one that knows a
    /// version as quarantined if a person releases it, which else halts the rollout; one that has
    /// lost its rehearsal must rehearse again; anything else is the owner's no.
    private static State applyRefused(
            Deployment d, State.Rehearsed before, Refusal code, String detail) {
        State retry =
                switch (code) {
                    case BUSY, NO_LEASE, STOPPED, EXPIRED, NOT_YET_VALID, QUARANTINED -> before;
                    case NOT_REHEARSED -> new State.Planned(true);
                    case OBSERVE_MODE -> new State.Skipped(Skip.OBSERVE_ONLY, detail);
                    case UNKNOWN_KEY, BAD_SIGNATURE, MALFORMED, FOREIGN_HOST, REPLAYED ->
                            new State.Skipped(Skip.REFUSED, detail);
                    case LOCAL_POLICY, UNKNOWN_CHECKPOINT ->
                            new State.Skipped(Skip.REFUSED, detail);
                };
        if (!(retry instanceof State.Skipped) && d.attempts() >= Deployment.MOST_ATTEMPTS) {
            return new State.Skipped(
                    Skip.TOO_MANY_ATTEMPTS,
                    "%d orders came to nothing; the last: %s".formatted(d.attempts(), detail));
        }
        return retry;
    }

    /// Whether the host may take the reboot later, as [#applyRefused] has it of an apply.
    private static boolean rebootLater(Deployment d, Refusal code) {
        return switch (code) {
            case BUSY, NO_LEASE, STOPPED, EXPIRED, NOT_YET_VALID ->
                    d.attempts() < Deployment.MOST_ATTEMPTS;
            case NOT_REHEARSED, OBSERVE_MODE, LOCAL_POLICY, UNKNOWN_CHECKPOINT -> false;
            case QUARANTINED -> false;
            case UNKNOWN_KEY, BAD_SIGNATURE, MALFORMED, FOREIGN_HOST, REPLAYED -> false;
        };
    }

    static Deployment orderFailed(Deployment d, OrderId order, String detail) {
        return switch (d.state()) {
            case State.Applying(_, OrderId apply, _) when apply.equals(order) ->
                    d.with(new State.Broken("", List.of(detail)));
            case State.Doubtful(OrderId apply, _, _) when apply.equals(order) ->
                    d.with(new State.Broken("", List.of(detail)));
            case State.Verifying(String checkpoint, OrderId reboot, _, List<String> reasons)
                    when reboot.equals(order) ->
                    d.with(new State.NotInEffect(checkpoint, false, and(reasons, detail)));
            case State.RollingBack(String checkpoint, OrderId restore) when restore.equals(order) ->
                    d.with(new State.Broken(checkpoint, List.of(detail)));
            case State.Applying _, State.Doubtful _, State.Verifying _, State.RollingBack _ -> d;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> d;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> d;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> d;
        };
    }

    static Deployment expired(Deployment d, OrderId order, String reason) {
        return switch (d.state()) {
            case State.Applying(_, OrderId apply, _) when apply.equals(order) ->
                    d.with(new State.Doubtful(order, reason, false));
            case State.Verifying(String checkpoint, OrderId reboot, boolean rebooted, var reasons)
                    when reboot.equals(order) && !rebooted ->
                    d.with(new State.NotInEffect(checkpoint, false, and(reasons, reason)));
            case State.RollingBack(String checkpoint, OrderId restore) when restore.equals(order) ->
                    d.with(new State.Broken(checkpoint, List.of(reason)));
            case State.Applying _, State.Doubtful _, State.Verifying _, State.RollingBack _ -> d;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> d;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> d;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> d;
        };
    }

    /// An order that the host was never given was taken back: it is as if it had never been.
    static Deployment takenBack(Deployment d, OrderId order) {
        return switch (d.state()) {
            case State.Applying(OrderId rehearsal, OrderId apply, var accepted)
                    when apply.equals(order) ->
                    d.withoutOrder(new State.Rehearsed(rehearsal, accepted));
            case State.Verifying(String checkpoint, OrderId reboot, boolean rebooted, var reasons)
                    when reboot.equals(order) && !rebooted ->
                    d.withoutOrder(new State.NotInEffect(checkpoint, true, reasons));
            case State.Applying _, State.Doubtful _, State.Verifying _, State.RollingBack _ -> d;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ -> d;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> d;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> d;
        };
    }

    static Deployment rebooted(Deployment d, OrderId order) {
        if (d.state() instanceof State.Verifying(String checkpoint, OrderId reboot, _, var reasons)
                && reboot.equals(order)) {
            return d.with(new State.Verifying(checkpoint, reboot, true, reasons));
        }
        return d;
    }

    private static List<String> and(List<String> reasons, String more) {
        return java.util.stream.Stream.concat(reasons.stream(), java.util.stream.Stream.of(more))
                .toList();
    }
}
