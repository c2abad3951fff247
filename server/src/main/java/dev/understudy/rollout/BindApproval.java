package dev.understudy.rollout;

import dev.understudy.fleet.HostGlance;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Rollout.Event;
import dev.understudy.rollout.Rollout.State;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Binds what people said, or did not object to, to exactly the plans that they were shown. While
/// no host was begun, any change of hosts, versions, terms or windows makes it void, and it is
/// asked for or announced anew.
final class BindApproval {
    private final Deployments deployments;
    private final Approvals approvals;
    private final DecideConsent consent;
    private final MoveRollout turn;
    private final Hosts hosts;
    private final Maintenance maintenance;
    private final Outbox outbox;
    private final InstantSource clock;

    BindApproval(
            Deployments deployments,
            Approvals approvals,
            DecideConsent consent,
            MoveRollout turn,
            Hosts hosts,
            Maintenance maintenance,
            Outbox outbox,
            InstantSource clock) {
        this.deployments = deployments;
        this.approvals = approvals;
        this.consent = consent;
        this.turn = turn;
        this.hosts = hosts;
        this.maintenance = maintenance;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// The plans of the rollout as they are now.
    PlanText plan(Rollout rollout) {
        List<Deployment> members = deployments.of(rollout.id());
        Map<HostId, HostGlance> known =
                hosts.glance(members.stream().map(Deployment::host).toList());
        return PlanText.of(
                rollout,
                members,
                maintenance.calendar(),
                host -> Objects.requireNonNull(known.get(host)).group());
    }

    /// Turns the rollout as the machine wants. After the rehearsals, by what the rules say of the
    /// plans as they have become.
    Rollout happen(Rollout rollout, Event event) {
        return switch (event) {
            case Event.Rehearsed(boolean asks, _) -> rehearsed(rollout, asks);
            case Event.Unopposed _ -> {
                Rollout started = turn.happen(rollout, event, NextMoves.MACHINE);
                approvals.add(
                        rollout.id(),
                        plan(rollout),
                        NextMoves.MACHINE,
                        "Nobody objected until %s.".formatted(Sentences.time(clock.instant())));
                yield started;
            }
            case Event.GaveWay _,
                    Event.Announced _,
                    Event.PlanChanged _,
                    Event.Finished _,
                    Event.WaveSettled _,
                    Event.Promoted _,
                    Event.HeldBack _,
                    Event.Failed _,
                    Event.Restored _,
                    Event.Approved _,
                    Event.Veto _,
                    Event.Lifted _,
                    Event.Pause _,
                    Event.Resume _,
                    Event.Reopened _,
                    Event.RehearseAgain _,
                    Event.Halt _,
                    Event.RollBack _ ->
                    turn.happen(rollout, event, NextMoves.MACHINE);
        };
    }

    private Rollout rehearsed(Rollout rollout, boolean asks) {
        Terms before = rollout.terms();
        Consent now = consent.of(deployments.of(rollout.id()), before.consent());
        Rollout settled = rollout.under(before.resettled(now));
        String hash = plan(settled).hash();
        Autonomy autonomy = settled.terms().consent().autonomy();
        boolean waits = asks || autonomy.asks();
        return turn.happen(
                settled,
                waits || autonomy != Autonomy.VETO
                        ? new Event.Rehearsed(waits, hash)
                        : new Event.Announced(announcedUntil(settled), hash),
                NextMoves.MACHINE);
    }

    /// When a rollout that is announced now starts.
    Instant announcedUntil(Rollout rollout) {
        return clock.instant()
                .truncatedTo(ChronoUnit.MICROS)
                .plus(rollout.terms().consent().veto());
    }

    /// Approves the plans as they are now.
    ///
    /// @param seen the plans that the person saw; empty for those that wait
    /// @throws NotNow if the plans are not what the person saw, or not what waits
    Rollout approve(Rollout rollout, Optional<String> seen, String by, String reason) {
        PlanText plan = plan(rollout);
        String waiting = RolloutLifecycle.approvable(rollout.state());
        if (waiting != null && !waiting.equals(plan.hash())) {
            throw new NotNow(
                    "The plans changed: %s waits for approval, but they are %s now. Look at them again: understudy rollout plan %s"
                            .formatted(waiting, plan.hash(), rollout.id().brief()));
        }
        Rollout approved = turn.happen(rollout, new Event.Approved(seen.orElse(plan.hash())), by);
        approvals.add(rollout.id(), plan, by, reason);
        return approved;
    }

    /// The rollout, turned back if its plans are not what was approved, announced or asked for.
    Rollout check(
            Rollout rollout,
            List<Deployment> members,
            MaintenanceCalendar calendar,
            Function<HostId, String> group) {
        return switch (rollout.state()) {
            case State.AwaitingApproval(String hash) ->
                    check(rollout, hash, PlanText.of(rollout, members, calendar, group), null);
            case State.Announced(_, String hash) ->
                    check(
                            rollout,
                            hash,
                            PlanText.of(rollout, members, calendar, group),
                            announcedUntil(rollout));
            case State.Objected(String hash, _, _) ->
                    check(rollout, hash, PlanText.of(rollout, members, calendar, group), null);
            case State.Running(int wave) when wave == 1 && !begun(members) ->
                    approvals
                            .standing(rollout.id())
                            .map(
                                    approval ->
                                            hold(
                                                    rollout,
                                                    approval,
                                                    PlanText.of(rollout, members, calendar, group)))
                            .orElse(rollout);
            case State.Running _, State.Rehearsing _, State.Soaking _, State.Held _ -> rollout;
            case State.Paused _, State.Halted _, State.RollingBack _ -> rollout;
            case State.RolledBack _, State.Completed _ -> rollout;
        };
    }

    private static boolean begun(List<Deployment> members) {
        return members.stream()
                .anyMatch(
                        d ->
                                !d.untouched()
                                        && !(d.state() instanceof Deployment.State.Skipped)
                                        && !(d.state() instanceof Deployment.State.FailedInTwin));
    }

    /// What waits for a word is asked for as it is now.
    private Rollout check(
            Rollout rollout, String waiting, PlanText now, @Nullable Instant startsAt) {
        return waiting.equals(now.hash())
                ? rollout
                : turn.happen(
                        rollout, new Event.PlanChanged(now.hash(), startsAt), NextMoves.MACHINE);
    }

    /// An approval holds for what was approved, and for nothing else.
    private Rollout hold(Rollout rollout, Approvals.Approval approval, PlanText now) {
        if (approval.planHash().equals(now.hash())) {
            return rollout;
        }
        boolean announced = approval.by().equals(NextMoves.MACHINE);
        String why =
                "%s of the plans %s by %s is void: they changed before anything was begun. %s"
                        .formatted(
                                announced ? "The announcement" : "The approval",
                                approval.planHash().substring(0, 12),
                                approval.by(),
                                now.differsFrom(approval.plan()).strip());
        approvals.makeVoid(approval, why);
        turn.tell(rollout.id(), "ApprovalVoid", why);
        outbox.publish(new ApprovalVoided(rollout.id(), rollout.group(), approval.by(), why));
        return turn.happen(
                rollout,
                new Event.PlanChanged(now.hash(), announced ? announcedUntil(rollout) : null),
                NextMoves.MACHINE);
    }
}
