package dev.understudy.rollout;

import dev.understudy.fleet.Orders;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Moves one host through its rollout and writes, in the open transaction, all that follows: state,
/// diary, audit, events, the search for the culprit of a failure, and the wish for a new inventory.
final class MoveDeployment {
    private static final Duration REFRESH_WITHIN = Duration.ofHours(1);

    private final Deployments deployments;
    private final Investigate investigate;
    private final Orders orders;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    MoveDeployment(
            Deployments deployments,
            Investigate investigate,
            Orders orders,
            Diary diary,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock) {
        this.deployments = deployments;
        this.investigate = investigate;
        this.orders = orders;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// @param by who caused it: the host, the machine or a person
    Deployment happen(Deployment before, Event event, String by) {
        Deployment after = DeploymentLifecycle.next(before, event);
        if (after.equals(before)) {
            return before;
        }
        Deployment now = after.at(clock.instant().truncatedTo(ChronoUnit.MICROS));
        deployments.save(now);
        if (now.state().equals(before.state())) {
            return now;
        }
        diary.note(now.rollout(), now.host(), name(now), sentence(now.state()));
        audit.append(
                by,
                "rollout.host-moved",
                "host:" + now.host(),
                Map.of(
                        "rollout", now.rollout().toString(),
                        "from", name(before),
                        "to", name(now),
                        "why", sentence(now.state())));
        follow(before, now, event);
        return now;
    }

    /// Puts each of the hosts into its wave, all by one statement: there may be a hundred thousand.
    ///
    /// @throws IllegalStateException if one of them has no wave, or may be in none
    void intoWaves(RolloutId rollout, List<Deployment> those, Map<HostId, Integer> waves) {
        Map<HostId, Integer> moved = new HashMap<>();
        for (Deployment before : those) {
            Integer wave = waves.get(before.host());
            if (wave == null) {
                throw new IllegalStateException("host %s got no wave".formatted(before.host()));
            }
            Deployment after = DeploymentLifecycle.next(before, new Event.WaveAssigned(wave));
            if (!after.equals(before)) {
                moved.put(after.host(), after.wave());
            }
        }
        deployments.waves(rollout, moved, clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    private void follow(Deployment before, Deployment now, Event event) {
        if (before.failure().isEmpty() && !now.failure().isEmpty()) {
            investigate.failed(now, event);
        }
        if (changedHost(before) && !now.open() && !(now.state() instanceof State.Skipped)) {
            orders.issue(now.host(), new OrderBody.Refresh(), REFRESH_WITHIN);
        }
        if (before.open() && !now.open()) {
            outbox.publish(
                    new DeploymentEnded(
                            now.rollout(),
                            now.host(),
                            now.plan() == null ? List.of() : now.getPlan().patches(),
                            name(now),
                            sentence(now.state())));
        }
    }

    private static boolean changedHost(Deployment before) {
        return switch (before.state()) {
            case State.Applying _, State.Doubtful _, State.Verifying _, State.RollingBack _ -> true;
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.FailedInTwin _ ->
                    false;
            case State.Done _, State.NotInEffect _, State.Unhealthy _, State.Restored _ -> false;
            case State.Broken _, State.Skipped _, State.RolledBack _ -> false;
        };
    }

    static String name(Deployment d) {
        return d.state().getClass().getSimpleName();
    }

    /// What the state means, for people.
    static String sentence(State state) {
        return switch (state) {
            case State.Planned _ -> "Planned.";
            case State.Rehearsing _ -> "The patch is being rehearsed on the host's twin.";
            case State.Rehearsed(_, Acceptance accepted) ->
                    accepted == null
                            ? "The rehearsal passed; the host waits for its wave."
                            : "%s accepts the plan %s although no rehearsal of it passed: %s"
                                    .formatted(
                                            accepted.person(),
                                            accepted.planDigest().substring(0, 12),
                                            accepted.reason());
            case State.FailedInTwin(_, List<String> reasons) ->
                    "The rehearsal failed; the host itself was not touched. " + join(reasons);
            case State.Applying _ -> "The patch is being applied.";
            case State.Doubtful(_, String reason, _) -> reason;
            case State.Verifying(_, _, boolean rebooted, _) ->
                    rebooted
                            ? "The host rebooted; its inventory will show whether the fix is in"
                                    + " effect."
                            : "The host was told to reboot, so that the fix takes effect.";
            case State.Done _ -> "The patch is installed, healthy and in effect.";
            case State.NotInEffect(_, _, List<String> reasons) ->
                    "The patch is installed, but not in effect. " + join(reasons);
            case State.Unhealthy(_, List<String> reasons) ->
                    "The host turned unhealthy. " + join(reasons);
            case State.Restored(List<String> reasons) ->
                    "The patch failed and the host is back as it was. " + join(reasons);
            case State.Broken(_, List<String> reasons) ->
                    "The host could not be put back whole; a person is needed. " + join(reasons);
            case State.Skipped(_, String reason, _) -> reason;
            case State.RollingBack _ -> "The host is being put back as it was.";
            case State.RolledBack _ -> "The host is back as it was.";
        };
    }

    private static String join(List<String> reasons) {
        return Sentences.of(reasons);
    }
}
