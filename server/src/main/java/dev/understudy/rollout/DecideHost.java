package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.rehearsal.Rehearsal;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rollout.Deployment.Event;
import java.util.Map;

/// What people decide about one host of a rollout that the machine cannot decide: to patch it
/// without a passed rehearsal, to leave it out, or to let it rehearse once more. A rollout that is
/// completed goes on for that host alone.
public final class DecideHost {
    private static final int LOOK_BACK = 50;

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final MoveRollout turn;
    private final MoveDeployment move;
    private final AdvanceRollout advance;
    private final Quarantine quarantine;
    private final Makeups makeups;
    private final Rehearsals rehearsals;
    private final Hosts hosts;
    private final AuditTrail audit;

    DecideHost(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            MoveRollout turn,
            MoveDeployment move,
            AdvanceRollout advance,
            Quarantine quarantine,
            Makeups makeups,
            Rehearsals rehearsals,
            Hosts hosts,
            AuditTrail audit) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.turn = turn;
        this.move = move;
        this.advance = advance;
        this.quarantine = quarantine;
        this.makeups = makeups;
        this.rehearsals = rehearsals;
        this.hosts = hosts;
        this.audit = audit;
    }

    /// Lets the host be patched, last of all, although its rehearsal proved nothing.
    ///
    /// @param planDigest the plan that the person saw; another one is refused
    public void accept(RolloutId id, HostId hostId, String planDigest, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Host host = hosts.get(hostId);
                    Deployment d = member(rollout, host);
                    if (!DeploymentLifecycle.inconclusive(d)) {
                        throw unfit(
                                d,
                                host,
                                "Only a host whose rehearsal was inconclusive can be accepted");
                    }
                    requireFree(d, host);
                    Acceptance acceptance =
                            new Acceptance(requireSeen(d, host, planDigest), by, reason);
                    Rehearsal proof = inconclusive(d, host);
                    Rollout open = takenUp(rollout, by, reason);
                    move.happen(
                            d,
                            new Event.UnrehearsedAccepted(proof.id(), wave(open, id), acceptance),
                            by);
                    note(d, by, "rollout.unrehearsed-accepted", reason);
                    advance.advance(open);
                });
    }

    /// Leaves the host out; one whose apply is in doubt is passed over as it is.
    public void skip(RolloutId id, HostId hostId, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Host host = hosts.get(hostId);
                    Deployment d = member(rollout, host);
                    if (!DeploymentLifecycle.canBeLeftOut(d)) {
                        throw unfit(d, host, "It cannot be left out any more");
                    }
                    move.happen(d, new Event.LeftOut(by, reason), by);
                    note(d, by, "rollout.host-left-out", reason);
                    advance.advance(rollout);
                });
    }

    /// Lets the host rehearse once more, and be patched last of all if that passes.
    public void retry(RolloutId id, HostId hostId, String by, String reason) {
        required(reason);
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(id);
                    Host host = hosts.get(hostId);
                    Deployment d = member(rollout, host);
                    if (!DeploymentLifecycle.retriable(d)) {
                        throw unfit(d, host, "There is no rehearsal of it to repeat");
                    }
                    requireFree(d, host);
                    Rollout open = takenUp(rollout, by, reason);
                    int wave = wave(open, id);
                    if (RolloutLifecycle.approvable(open.state()) != null) {
                        open = turn.happen(open, new Rollout.Event.RehearseAgain(), by);
                        wave = 0;
                    }
                    move.happen(d, new Event.RetryWanted(wave), by);
                    note(d, by, "rollout.rehearsal-retried", reason);
                    advance.advance(open);
                });
    }

    private Deployment member(Rollout rollout, Host host) {
        return deployments
                .find(rollout.id(), host.id())
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "host-not-in-rollout",
                                        "%s is not in rollout %s (%s). See: understudy rollout show %s"
                                                .formatted(
                                                        host.name(),
                                                        rollout.id().brief(),
                                                        rollout.title(),
                                                        rollout.id().brief())));
    }

    private static NotNow unfit(Deployment d, Host host, String why) {
        return new NotNow(
                "%s; %s is '%s'. %s"
                        .formatted(
                                why,
                                host.name(),
                                Sentences.words(MoveDeployment.name(d)),
                                MoveDeployment.sentence(d.state())));
    }

    /// A host is in one rollout at a time, and gets nothing that is quarantined.
    private void requireFree(Deployment d, Host host) {
        if (host.retired()) {
            throw Problem.conflict("host-retired", "%s is retired.".formatted(host.name()));
        }
        deployments
                .open(d.host())
                .ifPresent(
                        other -> {
                            throw Problem.conflict(
                                    "host-in-rollout",
                                    "%s is in rollout %s, which is not over. See: understudy rollout show %s"
                                            .formatted(
                                                    host.name(),
                                                    other.rollout().brief(),
                                                    other.rollout().brief()));
                        });
        String makeup = makeups.of(d.rollout()).get(d.host());
        quarantine.entries().stream()
                .filter(entry -> entry.concerns(makeup))
                .filter(entry -> d.getPlan().patches().contains(entry.patch()))
                .findFirst()
                .ifPresent(
                        entry -> {
                            throw Problem.conflict(
                                    "patch-quarantined",
                                    "%s, which the plan for %s brings, is quarantined. %s"
                                            .formatted(entry.patch(), host.name(), entry.reason()));
                        });
    }

    private static String requireSeen(Deployment d, Host host, String planDigest) {
        String now = d.getPlan().plan().digest();
        if (!now.equals(planDigest)) {
            throw Problem.conflict(
                    "plan-changed",
                    "You accept the plan '%s', but the plan for %s is %s. Look at it again."
                            .formatted(planDigest, host.name(), now));
        }
        return now;
    }

    private Rehearsal inconclusive(Deployment d, Host host) {
        String digest = d.getPlan().plan().digest();
        return rehearsals.of(d.host(), LOOK_BACK).stream()
                .filter(rehearsal -> rehearsal.plan().digest().equals(digest))
                .filter(rehearsal -> rehearsal.state() instanceof Rehearsal.State.Finished)
                .findFirst()
                .filter(rehearsal -> rehearsal.verdict() == Verdict.INCONCLUSIVE)
                .orElseThrow(
                        () ->
                                Problem.conflict(
                                        "no-rehearsal",
                                        "%s never told the result of a rehearsal of this plan, so there is nothing to accept. Let it rehearse: understudy rollout retry %s %s --reason …"
                                                .formatted(
                                                        host.name(),
                                                        d.rollout().brief(),
                                                        host.name())));
    }

    /// The rollout, going on again if it was completed.
    private Rollout takenUp(Rollout rollout, String by, String reason) {
        return switch (rollout.state()) {
            case Rollout.State.Rehearsing _, Rollout.State.AwaitingApproval _ -> rollout;
            case Rollout.State.Announced _, Rollout.State.Objected _ -> rollout;
            case Rollout.State.Running _, Rollout.State.Soaking _ -> rollout;
            case Rollout.State.Held _, Rollout.State.Paused _ -> rollout;
            case Rollout.State.Completed _ -> {
                if (rollout.automatic() && rollouts.automaticOpen(rollout.group())) {
                    throw new NotNow(
                            "The machine has started another rollout for group %s meanwhile. See: understudy rollout"
                                    .formatted(rollout.group()));
                }
                yield turn.happen(
                        rollout,
                        new Rollout.Event.Reopened(lastWave(rollout.id()) + 1, by, reason),
                        by);
            }
            case Rollout.State.Halted _, Rollout.State.RollingBack _ -> throw over(rollout);
            case Rollout.State.RolledBack _ -> throw over(rollout);
        };
    }

    private static NotNow over(Rollout rollout) {
        return new NotNow(
                "Rollout %s is '%s' and takes no host any more. Start another: understudy rollout start --host …"
                        .formatted(
                                rollout.id().brief(),
                                Sentences.words(MoveRollout.name(rollout.state()))));
    }

    /// The wave in which the host comes last; 0 while waves are not known.
    private int wave(Rollout rollout, RolloutId id) {
        if (rollout.state() instanceof Rollout.State.Rehearsing) {
            return 0;
        }
        int current = RolloutViews.wave(rollout.state());
        int last = lastWave(id);
        boolean takenUpAgain = current > last;
        return takenUpAgain ? current : Math.max(last, current + 1);
    }

    private int lastWave(RolloutId id) {
        return deployments.of(id).stream().mapToInt(Deployment::wave).max().orElse(0);
    }

    private void note(Deployment d, String by, String action, String reason) {
        audit.append(
                by,
                action,
                "host:" + d.host(),
                Map.of(
                        "rollout",
                        d.rollout().toString(),
                        "plan",
                        d.plan() == null ? "" : d.getPlan().plan().digest(),
                        "reason",
                        reason));
    }

    private static void required(String reason) {
        if (reason.isBlank()) {
            throw Problem.invalid("reason-missing", "Say why: the reason is empty.");
        }
        if (reason.length() > 2000) {
            throw Problem.invalid(
                    "reason-too-long",
                    "The reason has %d characters; at most 2000.".formatted(reason.length()));
        }
    }
}
