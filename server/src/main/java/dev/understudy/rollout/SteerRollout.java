package dev.understudy.rollout;

import dev.understudy.fleet.Hosts;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.rollout.Rollout.Event;
import dev.understudy.rollout.Rollout.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What people do with a rollout. Each says who and why, and both stay visible.
public final class SteerRollout {
    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final MoveRollout turn;
    private final MoveDeployment move;
    private final AdvanceRollout advance;
    private final RecordEvidence evidence;
    private final GoOn goOn;
    private final SoakAgain soakAgain;
    private final BindApproval bind;
    private final Quarantine quarantine;
    private final Objections objections;
    private final Hosts hosts;

    SteerRollout(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            MoveRollout turn,
            MoveDeployment move,
            AdvanceRollout advance,
            RecordEvidence evidence,
            GoOn goOn,
            SoakAgain soakAgain,
            BindApproval bind,
            Quarantine quarantine,
            Objections objections,
            Hosts hosts) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.turn = turn;
        this.move = move;
        this.advance = advance;
        this.evidence = evidence;
        this.goOn = goOn;
        this.soakAgain = soakAgain;
        this.bind = bind;
        this.quarantine = quarantine;
        this.objections = objections;
        this.hosts = hosts;
    }

    /// Approves the plans that wait for approval, or lets a held rollout go on in spite of the
    /// doubt.
    ///
    /// @param planHash the plans that the person saw; empty for those that wait now
    public void approve(RolloutId id, String by, Optional<String> planHash) {
        approve(id, by, planHash, "");
    }

    /// The same, with the person's reason.
    public void approve(RolloutId id, String by, Optional<String> planHash, String reason) {
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Rollout next =
                            switch (rollout.state()) {
                                case State.Held(int wave, _, _) -> accept(rollout, wave, by);
                                case State.AwaitingApproval _, State.Announced _ ->
                                        bind.approve(rollout, planHash, by, reason);
                                case State.Objected(_, String who, String why) ->
                                        throw new NotNow(
                                                "%s objects: %s Lift that first: understudy rollout lift %s --reason …"
                                                        .formatted(who, why, id.brief()));
                                case State.Rehearsing _, State.Running _, State.Soaking _ ->
                                        throw nothing(rollout);
                                case State.Paused _, State.Halted _, State.RollingBack _ ->
                                        throw nothing(rollout);
                                case State.RolledBack _, State.Completed _ ->
                                        throw nothing(rollout);
                            };
                    advance.advance(next);
                });
    }

    /// Keeps an announced rollout from starting, until a person takes that back.
    ///
    /// @throws NotNow if it is not announced
    public void object(RolloutId id, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Rollout next = turn.happen(rollout, new Event.Veto(by, reason), by);
                    objections.add(id, by, reason);
                    advance.advance(next);
                });
    }

    /// Takes an objection back; the rollout is announced anew, so that others can still object.
    ///
    /// @throws NotNow if nobody objects to it
    public void lift(RolloutId id, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Rollout next =
                            turn.happen(
                                    rollout, new Event.Lifted(bind.announcedUntil(rollout)), by);
                    objections.lift(id, by, reason);
                    advance.advance(next);
                });
    }

    private Rollout accept(Rollout rollout, int wave, String by) {
        for (Deployment d : deployments.of(rollout.id())) {
            if (d.wave() == wave
                    && d.state() instanceof Deployment.State.Doubtful(_, _, boolean accepted)
                    && !accepted) {
                move.happen(d, new Deployment.Event.DoubtAccepted(), by);
            }
        }
        List<Deployment> now = deployments.of(rollout.id());
        // Who proved good or is silent is for the machine to say; here it is only read what is
        // known.
        Rollout.Event next =
                evidence.note(rollout, now, Map.of(), Attributed.NOTHING, Instant.EPOCH)
                        .map(
                                trial ->
                                        goOn.from(
                                                rollout,
                                                evidence.accept(rollout.id(), trial, now, wave, by),
                                                wave))
                        .orElseGet(() -> NextMoves.onward(wave, now));
        return turn.happen(rollout, next, by);
    }

    private static NotNow nothing(Rollout rollout) {
        return new NotNow(
                "The rollout is %s; there is nothing to approve."
                        .formatted(MoveRollout.name(rollout.state())));
    }

    public void pause(RolloutId id, String by, String reason) {
        steer(id, by, new Event.Pause(by, required(reason)));
    }

    public void resume(RolloutId id, String by) {
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Instant until = soakAgain.from(rollout, deployments.of(id), by);
                    advance.advance(turn.happen(rollout, new Event.Resume(until), by));
                });
    }

    public void halt(RolloutId id, String by, String reason) {
        steer(id, by, new Event.Halt(by, required(reason)));
    }

    /// Puts every host back that was patched. What it brought is quarantined, so that no rollout
    /// and no person brings it again before somebody releases it.
    ///
    /// @throws Problem if one of those hosts is in another rollout that is not over
    public void rollBack(RolloutId id, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    List<Deployment> members = deployments.of(id);
                    members.forEach(this::requireFree);
                    keepAway(rollout, members, by, reason);
                    advance.advance(turn.happen(rollout, new Event.RollBack(by, reason), by));
                });
    }

    private void keepAway(Rollout rollout, List<Deployment> members, String by, String reason) {
        members.stream()
                .filter(SteerRollout::mayHaveIt)
                .flatMap(d -> d.getPlan().patches().stream())
                .distinct()
                .sorted()
                .forEach(
                        patch ->
                                quarantine.impose(
                                        patch,
                                        "%s rolled it back: %s".formatted(by, reason),
                                        by,
                                        rollout.id()));
    }

    /// Whether the host got its patches, or may have.
    private static boolean mayHaveIt(Deployment d) {
        return switch (d.state()) {
            case Deployment.State.Applying _, Deployment.State.Doubtful _ -> true;
            case Deployment.State.Verifying _, Deployment.State.Done _ -> true;
            case Deployment.State.NotInEffect _, Deployment.State.Unhealthy _ -> true;
            case Deployment.State.Restored _, Deployment.State.Broken _ -> true;
            case Deployment.State.RollingBack _, Deployment.State.RolledBack _ -> true;
            case Deployment.State.Planned _, Deployment.State.Rehearsing _ -> false;
            case Deployment.State.Rehearsed _, Deployment.State.FailedInTwin _ -> false;
            case Deployment.State.Skipped _ -> false;
        };
    }

    private void requireFree(Deployment d) {
        if (DeploymentLifecycle.checkpoint(d).isEmpty()) {
            return;
        }
        deployments
                .open(d.host())
                .filter(other -> !other.rollout().equals(d.rollout()))
                .ifPresent(
                        other -> {
                            throw Problem.conflict(
                                    "host-in-rollout",
                                    "%s is in rollout %s, which is not over. Halt that first: understudy rollout halt %s --reason …"
                                            .formatted(
                                                    hosts.get(d.host()).name(),
                                                    other.rollout().brief(),
                                                    other.rollout().brief()));
                        });
    }

    private void steer(RolloutId id, String by, Event event) {
        database.inTransaction(() -> advance.advance(turn.happen(rollouts.lock(id), event, by)));
    }

    private static String required(String reason) {
        if (reason.isBlank()) {
            throw Problem.invalid("reason-missing", "Say why: the reason is empty.");
        }
        return reason;
    }
}
