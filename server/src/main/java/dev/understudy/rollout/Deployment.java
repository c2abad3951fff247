package dev.understudy.rollout;

import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One host in a rollout.
///
/// @param plan null only for a host that was skipped before anything was planned
/// @param wave the wave it is in, from 1; 0 until waves are known
/// @param attempts how many orders about patching were issued for it and not taken back
/// @param since when it came into its state
public record Deployment(
        RolloutId rollout,
        HostId host,
        @Nullable HostPlan plan,
        int wave,
        int attempts,
        Instant since,
        State state) {
    /// After so many orders that came to nothing the host is left alone.
    static final int MOST_ATTEMPTS = 6;

    /// Where the host stands. A `checkpoint` is the one that can undo the patch; it is empty if the
    /// host kept none.
    public sealed interface State {
        /// To be rehearsed; `afresh` if the host no longer has its earlier rehearsal.
        record Planned(boolean afresh) implements State {}

        record Rehearsing(OrderId rehearsal) implements State {}

        /// The twin passed, or a person accepts that it proved nothing; the host waits for its
        /// wave.
        record Rehearsed(OrderId rehearsal, @Nullable Acceptance accepted) implements State {
            Rehearsed(OrderId rehearsal) {
                this(rehearsal, null);
            }
        }

        /// The twin failed: the host itself is never touched.
        record FailedInTwin(OrderId rehearsal, List<String> reasons) implements State {}

        record Applying(OrderId rehearsal, OrderId order, @Nullable Acceptance accepted)
                implements State {
            Applying(OrderId rehearsal, OrderId order) {
                this(rehearsal, order, null);
            }
        }

        /// The order ran out and the host has not said what it did. `accepted` once a person has
        /// decided to go on without knowing.
        record Doubtful(OrderId order, String reason, boolean accepted) implements State {}

        /// Installed; a reboot was ordered so that the fix takes effect.
        record Verifying(String checkpoint, OrderId order, boolean rebooted, List<String> reasons)
                implements State {}

        /// Installed, healthy, and in effect.
        record Done(String checkpoint) implements State {}

        /// Installed and healthy, but old code still runs. `rebootHelps` unless a reboot was tried
        /// or would change nothing.
        record NotInEffect(String checkpoint, boolean rebootHelps, List<String> reasons)
                implements State {}

        /// Was in effect, and turned unhealthy before the wave was promoted.
        record Unhealthy(String checkpoint, List<String> reasons) implements State {}

        /// The patch failed and the host put itself back as it was.
        record Restored(List<String> reasons) implements State {}

        /// The host could not be put back whole: a person is needed.
        record Broken(String checkpoint, List<String> reasons) implements State {}

        /// The host did not get the patch, and was not changed. `by` is the person who left it out;
        /// null where that was the machine or the host.
        record Skipped(Skip why, String reason, @Nullable String by) implements State {
            Skipped(Skip why, String reason) {
                this(why, reason, null);
            }
        }

        record RollingBack(String checkpoint, OrderId order) implements State {}

        record RolledBack(String checkpoint) implements State {}
    }

    /// Why a host was left out.
    public enum Skip {
        NOTHING_PENDING,
        OBSERVE_ONLY,
        IN_OTHER_ROLLOUT,
        OFFLINE,
        INCONCLUSIVE,
        REMOVALS,
        NOT_AS_REHEARSED,
        REFUSED,
        TOO_MANY_ATTEMPTS,
        WITHDRAWN,
        RETIRED,
        /// A host like it failed on its twin.
        CLASS_FAILED;

        /// Whether to rehearse once more could change anything.
        boolean worthRetrying() {
            return switch (this) {
                case OFFLINE, INCONCLUSIVE, NOT_AS_REHEARSED, REFUSED, TOO_MANY_ATTEMPTS -> true;
                case NOTHING_PENDING, OBSERVE_ONLY, IN_OTHER_ROLLOUT, REMOVALS -> false;
                case WITHDRAWN, RETIRED, CLASS_FAILED -> false;
            };
        }
    }

    /// What can happen to it: what is decided here, what the rehearsal told, what the host told,
    /// and what was seen of it.
    public sealed interface Event {
        record RehearsalOrdered(OrderId rehearsal) implements Event {}

        record WaveAssigned(int wave) implements Event {}

        record ApplyOrdered(OrderId order) implements Event {}

        record RebootOrdered(OrderId order) implements Event {}

        record RestoreOrdered(OrderId order) implements Event {}

        /// A rehearsal on a host like it failed; `rehearsal` is that one.
        record ClassFailed(OrderId rehearsal, String reason) implements Event {}

        /// The rollout does not go on to this host.
        record Withdrawn(String reason) implements Event {}

        record DoubtAccepted() implements Event {}

        /// A person lets the host be patched in `wave` (0: when waves are known) although
        /// `rehearsal` proved nothing.
        record UnrehearsedAccepted(OrderId rehearsal, int wave, Acceptance acceptance)
                implements Event {}

        /// A person wants the host to rehearse once more, for `wave` (0: when waves are known).
        record RetryWanted(int wave) implements Event {}

        /// A person leaves the host out.
        record LeftOut(String by, String reason) implements Event {}

        record RehearsalPassed(OrderId rehearsal) implements Event {}

        record RehearsalFailed(OrderId rehearsal, List<String> reasons) implements Event {}

        record RehearsalProvedNothing(OrderId rehearsal, Skip why, String reason)
                implements Event {}

        /// The rehearsal got lost for a reason that may pass.
        record RehearsalLost(OrderId rehearsal, String reason) implements Event {}

        /// The package manager needs more changes than were planned, and they are acceptable.
        record PlanExtended(OrderId rehearsal, HostPlan plan) implements Event {}

        record ApplyEnded(OrderId order, ApplyResult result) implements Event {}

        record RestoreEnded(OrderId order, RestoreResult result) implements Event {}

        record OrderRefused(OrderId order, Refusal code, String detail) implements Event {}

        record OrderFailed(OrderId order, String detail) implements Event {}

        record OrderExpired(OrderId order, String reason) implements Event {}

        /// The order was taken back before the host was given it.
        record OrderTakenBack(OrderId order) implements Event {}

        record Rebooted(OrderId order) implements Event {}

        /// Its inventory shows the new versions, and nothing that still runs the old ones.
        record SeenInEffect() implements Event {}

        record SeenNotInEffect(List<String> reasons) implements Event {}

        /// Its inventory shows that an order in doubt did nothing.
        record SeenUnchanged() implements Event {}

        record SeenUnhealthy(List<String> reasons) implements Event {}

        /// What it suffered from was something else, and is over; with why the patch is not in
        /// effect, if it is not.
        record Recovered(List<String> notInEffect) implements Event {}

        /// Someone had the host put back to the checkpoint, outside of its rollout.
        record SeenRestored(String checkpoint) implements Event {}

        record HostRetired() implements Event {}
    }

    /// Whether the host is still being worked on; a host is open in at most one rollout.
    public boolean open() {
        return switch (state) {
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ -> true;
            case State.Doubtful(_, _, boolean accepted) -> !accepted;
            case State.Verifying _, State.RollingBack _ -> true;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> false;
            case State.FailedInTwin _, State.Broken _, State.Skipped _, State.RolledBack _ -> false;
        };
    }

    /// Whether the host is still to be patched.
    boolean untouched() {
        return switch (state) {
            case State.Planned _, State.Rehearsing _, State.Rehearsed _ -> true;
            case State.FailedInTwin _, State.Applying _, State.Doubtful _, State.Verifying _ ->
                    false;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> false;
            case State.Broken _, State.Skipped _, State.RollingBack _, State.RolledBack _ -> false;
        };
    }

    /// Whether it failed on its twin before waves were laid: who goes on does so without it.
    boolean failedFirst() {
        return state instanceof State.FailedInTwin && wave == 0;
    }

    /// Whether the patch did harm or would have; empty reasons mean that it did not.
    public List<String> failure() {
        return switch (state) {
            case State.FailedInTwin(_, List<String> reasons) -> reasons;
            case State.Restored(List<String> reasons) -> reasons;
            case State.Broken(_, List<String> reasons) -> reasons;
            case State.Unhealthy(_, List<String> reasons) -> reasons;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ ->
                    List.of();
            case State.Doubtful _, State.Verifying _, State.Done _, State.NotInEffect _ ->
                    List.of();
            case State.Skipped _, State.RollingBack _, State.RolledBack _ -> List.of();
        };
    }

    /// The order that the host is to answer, if any.
    public java.util.Optional<OrderId> order() {
        return switch (state) {
            case State.Rehearsing(OrderId rehearsal) -> java.util.Optional.of(rehearsal);
            case State.Applying(_, OrderId order, _) -> java.util.Optional.of(order);
            case State.Doubtful(OrderId order, _, _) -> java.util.Optional.of(order);
            case State.Verifying(_, OrderId order, _, _) -> java.util.Optional.of(order);
            case State.RollingBack(_, OrderId order) -> java.util.Optional.of(order);
            case State.Planned _, State.Rehearsed _, State.FailedInTwin _, State.Done _ ->
                    java.util.Optional.empty();
            case State.NotInEffect _, State.Unhealthy _, State.Restored _, State.Broken _ ->
                    java.util.Optional.empty();
            case State.Skipped _, State.RolledBack _ -> java.util.Optional.empty();
        };
    }

    /// Whether it is time for its next order: one that came to nothing is repeated after 15 s, then
    /// 30 s, 60 s …
    boolean due(Instant now) {
        if (attempts <= 1) {
            return true;
        }
        Duration wait = Duration.ofSeconds(15).multipliedBy(1L << Math.min(attempts - 2, 8));
        return !now.isBefore(since.plus(wait));
    }

    HostPlan getPlan() {
        if (plan == null) {
            throw new IllegalStateException(
                    "host %s in rollout %s is %s and has no plan".formatted(host, rollout, state));
        }
        return plan;
    }

    Deployment with(State next) {
        return new Deployment(rollout, host, plan, wave, attempts, since, next);
    }

    Deployment withOrder(State next) {
        return new Deployment(rollout, host, plan, wave, attempts + 1, since, next);
    }

    Deployment withoutOrder(State next) {
        return new Deployment(rollout, host, plan, wave, Math.max(0, attempts - 1), since, next);
    }

    Deployment with(HostPlan newPlan, State next) {
        return new Deployment(rollout, host, newPlan, wave, attempts, since, next);
    }

    /// As if nothing had been tried yet, for `newWave`.
    Deployment anew(int newWave, State next) {
        return new Deployment(rollout, host, plan, newWave, 0, since, next);
    }

    Deployment inWave(int newWave) {
        return new Deployment(rollout, host, plan, newWave, attempts, since, state);
    }

    Deployment at(Instant now) {
        return new Deployment(rollout, host, plan, wave, attempts, now, state);
    }
}
