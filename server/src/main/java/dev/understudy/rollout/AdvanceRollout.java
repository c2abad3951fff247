package dev.understudy.rollout;

import dev.understudy.fleet.Claims;
import dev.understudy.fleet.HostGlance;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.Opening;
import dev.understudy.fleet.Orders;
import dev.understudy.fleet.Work;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.NextMoves.Move;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a rollout as far as it can go now. One transaction holds the decision, every state, order,
/// audit entry and event that follows from it, so a step that is cut off has not happened, and one
/// that is repeated does nothing more.
public final class AdvanceRollout {
    /// No rollout needs more decisions in a row; a circle among them is a fault.
    private static final int MOST_STEPS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(AdvanceRollout.class);

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Certificates certificates;
    private final MoveDeployment move;
    private final MoveRollout turn;
    private final Makeups makeups;
    private final Rehearsals rehearsals;
    private final RequestRehearsal rehearse;
    private final Orders orders;
    private final Hosts hosts;
    private final Overdue overdue;
    private final Maintenance maintenance;
    private final WorkGate work;
    private final FleetStop stop;
    private final Quarantine quarantine;
    private final WithoutQuarantined withoutQuarantined;
    private final Gate gate;
    private final AssignWaves assignWaves;
    private final BindApproval bind;
    private final Attribute attribute;
    private final RecordEvidence evidence;
    private final GoOn goOn;
    private final RolloutSettings settings;
    private final InstantSource clock;

    /// Rollouts that were said to be left to newer servers.
    private final Set<RolloutId> told = ConcurrentHashMap.newKeySet();

    AdvanceRollout(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            Certificates certificates,
            MoveDeployment move,
            MoveRollout turn,
            Makeups makeups,
            Rehearsals rehearsals,
            RequestRehearsal rehearse,
            Orders orders,
            Hosts hosts,
            Overdue overdue,
            Maintenance maintenance,
            WorkGate work,
            FleetStop stop,
            Quarantine quarantine,
            Gate gate,
            AssignWaves assignWaves,
            BindApproval bind,
            Attribute attribute,
            RecordEvidence evidence,
            GoOn goOn,
            RolloutSettings settings,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.certificates = certificates;
        this.move = move;
        this.turn = turn;
        this.makeups = makeups;
        this.rehearsals = rehearsals;
        this.rehearse = rehearse;
        this.orders = orders;
        this.hosts = hosts;
        this.overdue = overdue;
        this.maintenance = maintenance;
        this.work = work;
        this.stop = stop;
        this.quarantine = quarantine;
        this.withoutQuarantined = new WithoutQuarantined(quarantine);
        this.gate = gate;
        this.assignWaves = assignWaves;
        this.bind = bind;
        this.attribute = attribute;
        this.evidence = evidence;
        this.goOn = goOn;
        this.settings = settings;
        this.clock = clock;
    }

    /// Advances every rollout that is not over, each in a transaction of its own; one that fails
    /// does not keep the others back.
    public void all() {
        List<RuntimeException> failures = new ArrayList<>();
        for (RolloutId id : rollouts.toAdvance()) {
            try {
                step(id);
            } catch (RuntimeException e) {
                failures.add(new IllegalStateException("rollout %s cannot go on".formatted(id), e));
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    public void step(RolloutId id) {
        database.inTransaction(
                () -> {
                    advance(rollouts.lock(id));
                });
    }

    /// As [#step], in the caller's transaction, which holds the lock on the rollout. One whose
    /// record only a newer server can read is left to that.
    void advance(Rollout locked) {
        if (left(locked)) {
            return;
        }
        Rollout rollout = locked;
        boolean stopped = stop.current().isPresent();
        MaintenanceCalendar calendar = maintenance.calendar();
        Claims claims =
                work.claims(
                        () -> deployments.of(locked.id()).stream().map(Deployment::host).toList());
        Map<HostId, HostGlance> known =
                hosts.glance(deployments.of(locked.id()).stream().map(Deployment::host).toList());
        for (int i = 0; i < MOST_STEPS; i++) {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
            List<Deployment> members =
                    deployments.of(rollout.id()).stream()
                            .map(d -> overdue.look(d, host(known, d.host()), now))
                            .toList();
            Rollout bound = bind.check(rollout, members, calendar, id -> host(known, id).group());
            if (!bound.equals(rollout)) {
                rollout = bound;
                continue;
            }
            Map<HostId, HostSeen> seen = seen(known, calendar, now);
            Attributed attributed =
                    attribute.of(rollout, members, seen, id -> host(known, id).group(), now);
            Trial trial = evidence.note(rollout, members, seen, attributed, now).orElse(null);
            List<Move> moves =
                    withoutQuarantined.of(
                            rollout,
                            members,
                            trial != null || !attributed.awaited().isEmpty(),
                            NextMoves.of(
                                    rollout,
                                    members,
                                    seen,
                                    now,
                                    stopped,
                                    gate,
                                    attributed,
                                    trial,
                                    Classes.now(rollout, members, makeups, rehearsals, now)));
            boolean moved = false;
            for (Move next : moves) {
                moved |= perform(rollout, trial, next, seen, claims);
            }
            if (!moved) {
                return;
            }
            rollout = rollouts.get(rollout.id());
        }
        throw new IllegalStateException(
                "rollout %s does not come to rest; it is %s".formatted(rollout.id(), rollout));
    }

    private boolean left(Rollout rollout) {
        Optional<NewerRecord> beyond = certificates.beyond(rollout.id());
        beyond.filter(_ -> told.add(rollout.id())).ifPresent(why -> LOG.warn("{}", why.detail()));
        return beyond.isPresent();
    }

    private static HostGlance host(Map<HostId, HostGlance> known, HostId id) {
        HostGlance host = known.get(id);
        if (host == null) {
            throw new IllegalStateException("host %s came into a rollout under way".formatted(id));
        }
        return host;
    }

    private static Map<HostId, HostSeen> seen(
            Map<HostId, HostGlance> known, MaintenanceCalendar calendar, Instant now) {
        Map<String, Opening> openings = new HashMap<>();
        Map<HostId, HostSeen> seen = HashMap.newHashMap(known.size());
        known.forEach(
                (id, host) ->
                        seen.put(
                                id,
                                new HostSeen(
                                        host.name(),
                                        host.lastSeen(),
                                        openings.computeIfAbsent(
                                                host.group(),
                                                group -> calendar.opening(group, now)))));
        return seen;
    }

    private boolean perform(
            Rollout rollout,
            @Nullable Trial trial,
            Move next,
            Map<HostId, HostSeen> seen,
            Claims claims) {
        return switch (next) {
            case Move.Rehearse(Deployment d, boolean afresh) ->
                    claims.claim(d.host(), Work.REHEARSAL).isEmpty()
                            && rehearse(rollout, d, afresh);
            case Move.LeaveOut(var left) ->
                    happen(
                            left.deployment(),
                            new Event.ClassFailed(left.rehearsal(), left.reason()));
            case Move.AssignWaves(List<Deployment> rehearsed) -> assignWaves.to(rollout, rehearsed);
            case Move.Apply(Deployment d) ->
                    claims.claim(d.host(), Work.APPLY).isEmpty() && apply(rollout, d, seen);
            case Move.Reboot(Deployment d) ->
                    claims.claim(d.host(), Work.REBOOT).isEmpty()
                            && happen(
                                    d,
                                    new Event.RebootOrdered(
                                            inWindow(d, new OrderBody.Reboot(), seen)));
            case Move.Restore(Deployment d) -> restore(d, claims);
            case Move.Withdraw(Deployment d, String reason) ->
                    happen(d, new Event.Withdrawn(reason));
            case Move.Recall(Deployment d, String reason) ->
                    takeBack(d) && happen(d, new Event.Withdrawn(reason));
            case Move.TakeBack(Deployment d) ->
                    takeBack(d) && happen(d, new Event.OrderTakenBack(d.order().orElseThrow()));
            case Move.Turn(Rollout.Event event) -> {
                decide(rollout, trial, event);
                if (event instanceof Rollout.Event.Failed && rollout.rehearsing()) {
                    quarantine.widen(rollout.id());
                }
                bind.happen(rollout, assignWaves.approved(rollout, event));
                yield true;
            }
            case Move.Ask(int wave, Trial proved, String reason) -> {
                evidence.decide(rollout.id(), proved, wave);
                turn.happen(rollout, new Rollout.Event.HeldBack(reason), NextMoves.MACHINE);
                yield true;
            }
            case Move.GoOn(int wave, Trial proved) -> {
                turn.happen(rollout, goOn.from(rollout, proved, wave), NextMoves.MACHINE);
                yield true;
            }
        };
    }

    /// Records that the tests halt, before the rollout is halted for it.
    private void decide(Rollout rollout, @Nullable Trial trial, Rollout.Event event) {
        if (trial != null && event instanceof Rollout.Event.Failed && trial.course().halts()) {
            evidence.decide(rollout.id(), trial, RolloutViews.wave(rollout.state()));
        }
    }

    private boolean happen(Deployment d, Event event) {
        return !move.happen(d, event, NextMoves.MACHINE).equals(d);
    }

    private boolean rehearse(Rollout rollout, Deployment d, boolean afresh) {
        OrderId id =
                afresh
                        ? rehearse.request(
                                d.host(), d.getPlan().plan(), settings.rehearsal(), rollout.by())
                        : rehearse.reuseOrRequest(
                                d.host(), d.getPlan().plan(), settings.rehearsal(), rollout.by());
        Deployment asked = move.happen(d, new Event.RehearsalOrdered(id), NextMoves.MACHINE);
        if (rehearsals.get(id).verdict() == Verdict.PASSED) {
            move.happen(asked, new Event.RehearsalPassed(id), NextMoves.MACHINE);
        }
        return true;
    }

    private boolean apply(Rollout rollout, Deployment d, Map<HostId, HostSeen> seen) {
        if (!(d.state() instanceof State.Rehearsed(OrderId rehearsal, var accepted))) {
            throw new IllegalStateException("%s is to be patched unrehearsed".formatted(d));
        }
        TriageFirst first = rollout.terms().triage();
        OrderBody body =
                new OrderBody.Apply(
                        d.getPlan().plan(),
                        rehearsal,
                        settings.hostSoak(),
                        settings.limit(),
                        RebootPolicy.NEVER,
                        accepted,
                        first == null ? null : first.of(d.getPlan()));
        return happen(d, new Event.ApplyOrdered(inWindow(d, body, seen)));
    }

    /// A host that another rollout works on is put back when that is over.
    private boolean restore(Deployment d, Claims claims) {
        if (deployments.open(d.host()).isPresent()
                || claims.claim(d.host(), Work.RESTORE).isPresent()) {
            return false;
        }
        OrderBody body = new OrderBody.Restore(DeploymentLifecycle.checkpoint(d));
        return happen(d, new Event.RestoreOrdered(issue(d, body)));
    }

    /// An order that the host may take up only as long as something may be begun on it.
    private OrderId inWindow(Deployment d, OrderBody body, Map<HostId, HostSeen> seen) {
        HostSeen host = seen.get(d.host());
        Duration left =
                host != null
                                && host.opening() instanceof Opening.Open(_, var begin)
                                && begin != null
                        ? Duration.between(clock.instant(), begin)
                        : settings.pickUp();
        boolean ends = left.compareTo(settings.pickUp()) < 0;
        return orders.issue(d.host(), body, ends ? left : settings.pickUp());
    }

    private OrderId issue(Deployment d, OrderBody body) {
        return orders.issue(d.host(), body, settings.pickUp());
    }

    /// An order that was never delivered is as if it had never been; one that was may be carried
    /// out all the same, so the host's answer is waited for.
    private boolean takeBack(Deployment d) {
        return d.order().filter(orders::takeBack).isPresent();
    }
}
