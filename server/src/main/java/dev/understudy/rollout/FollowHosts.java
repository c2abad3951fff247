package dev.understudy.rollout;

import dev.understudy.fleet.AgentReported;
import dev.understudy.fleet.HostRebooted;
import dev.understudy.fleet.HostRetired;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.InventoryChanged;
import dev.understudy.fleet.OrderExpired;
import dev.understudy.fleet.Symptom;
import dev.understudy.fleet.SymptomTold;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.FleetReleased;
import dev.understudy.platform.Database;
import dev.understudy.platform.Subscriptions;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.rehearsal.Rehearsal;
import dev.understudy.rehearsal.RehearsalFinished;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rollout.Deployment.Event;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Moves rollouts by what hosts and twins tell.
public final class FollowHosts {
    private static final String NAME = "rollout";
    private static final int LOOK_BACK = 50;

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final MoveDeployment move;
    private final AdvanceRollout advance;
    private final Investigate investigate;
    private final Quarantine quarantine;
    private final Rehearsals rehearsals;
    private final Inventories inventories;
    private final Symptoms symptoms;
    private final Triages triages;
    private final Diary diary;
    private final InstantSource clock;

    FollowHosts(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            MoveDeployment move,
            AdvanceRollout advance,
            Investigate investigate,
            Quarantine quarantine,
            Rehearsals rehearsals,
            Inventories inventories,
            Symptoms symptoms,
            Triages triages,
            Diary diary,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.move = move;
        this.advance = advance;
        this.investigate = investigate;
        this.quarantine = quarantine;
        this.rehearsals = rehearsals;
        this.inventories = inventories;
        this.symptoms = symptoms;
        this.triages = triages;
        this.diary = diary;
        this.clock = clock;
    }

    public void subscribe(Subscriptions subscriptions) {
        subscriptions.on(RehearsalFinished.class, NAME, this::rehearsed);
        subscriptions.on(AgentReported.class, NAME, this::reported);
        subscriptions.on(OrderExpired.class, NAME, this::expired);
        subscriptions.on(HostRebooted.class, NAME, this::rebooted);
        subscriptions.on(InventoryChanged.class, NAME, this::inventoryChanged);
        subscriptions.on(SymptomTold.class, NAME, this::told);
        subscriptions.on(HostRetired.class, NAME, this::retired);
        subscriptions.on(VersionQuarantined.class, NAME, this::quarantined);
        subscriptions.on(FleetReleased.class, NAME, _ -> advance.all());
    }

    void rehearsed(RehearsalFinished told) {
        Rehearsal rehearsal = rehearsals.get(told.rehearsal());
        deployments
                .waitingFor(told.rehearsal())
                .forEach(d -> happen(d, now -> eventOf(now, rehearsal)));
        database.inTransaction(() -> investigate.rehearsed(rehearsal));
    }

    void reported(AgentReported told) {
        if (told.report() instanceof Report.Restored(RestoreResult result) && result.complete()) {
            restoredElsewhere(told.host(), result.checkpoint());
        }
        deployments
                .waitingFor(told.order())
                .forEach(
                        d -> {
                            if (told.report()
                                    instanceof Report.Progress(String phase, String detail)) {
                                diary.note(
                                        d.rollout(),
                                        d.host(),
                                        "Progress",
                                        detail.isBlank() ? phase : phase + ": " + detail);
                            }
                            if (told.report() instanceof Report.Applied(var result)) {
                                shown(d.host(), result);
                                database.inTransaction(
                                        () -> triages.applied(d, told.order(), result));
                            }
                            happen(d, _ -> eventOf(told));
                        });
    }

    private void shown(HostId host, ApplyResult result) {
        switch (result.outcome()) {
            case RESTORED, BROKEN ->
                    symptoms.shown(host, Symptom.of(result.checks()), "apply", clock.instant());
            case IN_EFFECT, NOT_IN_EFFECT, NOT_STARTED -> {}
        }
    }

    /// A monitoring system says that a host is not well which was patched before that.
    void told(SymptomTold told) {
        deployments.visibleIn(told.host()).stream()
                .filter(d -> !d.since().isAfter(told.at()))
                .forEach(
                        d ->
                                happen(
                                        d,
                                        _ ->
                                                Optional.of(
                                                        new Event.SeenUnhealthy(
                                                                List.of(told.sentence())))));
    }

    /// A host that a person had put back without its rollout: that person's word holds.
    private void restoredElsewhere(HostId host, String checkpoint) {
        deployments.ofHost(host, LOOK_BACK).stream()
                .filter(d -> DeploymentLifecycle.checkpoint(d).equals(checkpoint))
                .forEach(d -> happen(d, _ -> Optional.of(new Event.SeenRestored(checkpoint))));
    }

    void expired(OrderExpired told) {
        deployments.waitingFor(told.order()).stream()
                .filter(d -> !(d.state() instanceof State.Rehearsing))
                .forEach(
                        d ->
                                happen(
                                        d,
                                        _ ->
                                                Optional.of(
                                                        new Event.OrderExpired(
                                                                told.order(),
                                                                "The host did not take up its order"
                                                                        + " in time."))));
    }

    void rebooted(HostRebooted told) {
        deployments
                .open(told.host())
                .ifPresent(d -> happen(d, now -> now.order().map(Event.Rebooted::new)));
    }

    void inventoryChanged(InventoryChanged told) {
        List<Deployment> visible = deployments.visibleIn(told.host());
        if (visible.isEmpty()) {
            return;
        }
        Inventory inventory =
                inventories
                        .latest(told.host())
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "host %s has no inventory".formatted(told.host())));
        visible.forEach(d -> happen(d, new Sighting(inventory)::about));
    }

    void retired(HostRetired told) {
        deployments
                .open(told.host())
                .ifPresent(d -> happen(d, _ -> Optional.of(new Event.HostRetired())));
        database.inTransaction(() -> investigate.retired(told.host()));
    }

    /// A version that failed anywhere is not brought to anyone by any rollout.
    void quarantined(VersionQuarantined told) {
        deployments.bringing(told.patch().toString()).forEach(advance::step);
    }

    /// Locks the rollout, looks again where the host stands, and moves both.
    private void happen(Deployment seen, Function<Deployment, Optional<Event>> what) {
        database.inTransaction(
                () -> {
                    Rollout rollout = rollouts.lock(seen.rollout());
                    Deployment now = deployments.find(seen.rollout(), seen.host()).orElseThrow();
                    Optional<Event> event = what.apply(now);
                    if (event.isPresent()) {
                        move.happen(now, event.get(), "host:" + now.host());
                        advance.advance(rollout);
                    }
                });
    }

    private Optional<Event> eventOf(Deployment d, Rehearsal rehearsal) {
        return switch (rehearsal.state()) {
            case Rehearsal.State.Requested _, Rehearsal.State.Running _ -> Optional.empty();
            case Rehearsal.State.Finished(RehearsalResult evidence) ->
                    Optional.of(judged(d, rehearsal, evidence));
            case Rehearsal.State.Lost(Rehearsal.Loss why, String reason) ->
                    Optional.of(lost(rehearsal, why, reason));
        };
    }

    private static Event lost(Rehearsal rehearsal, Rehearsal.Loss why, String reason) {
        return switch (why) {
            case BUSY -> new Event.RehearsalLost(rehearsal.id(), reason);
            case EXPIRED, SILENT ->
                    new Event.RehearsalProvedNothing(rehearsal.id(), Skip.OFFLINE, reason);
            case REFUSED -> new Event.RehearsalProvedNothing(rehearsal.id(), Skip.REFUSED, reason);
            case FAULT ->
                    new Event.RehearsalProvedNothing(rehearsal.id(), Skip.INCONCLUSIVE, reason);
            case RETIRED -> new Event.HostRetired();
        };
    }

    private Event judged(Deployment d, Rehearsal rehearsal, RehearsalResult evidence) {
        String reasons = Sentences.of(evidence.reasons());
        return switch (rehearsal.verdict()) {
            case PASSED -> new Event.RehearsalPassed(rehearsal.id());
            case FAILED, INCONCLUSIVE -> {
                List<PackageChange> extra = evidence.extraChanges();
                if (!extra.isEmpty()) {
                    yield extended(d, rehearsal, extra, reasons);
                }
                yield rehearsal.verdict() == RehearsalResult.Verdict.FAILED
                        ? new Event.RehearsalFailed(rehearsal.id(), evidence.reasons())
                        : new Event.RehearsalProvedNothing(
                                rehearsal.id(), Skip.INCONCLUSIVE, reasons);
            }
        };
    }

    /// A plan is extended once by what the package manager needs besides; never by a removal, and
    /// not when its host has a wave already: that plan may be what a person approved.
    private Event extended(
            Deployment d, Rehearsal rehearsal, List<PackageChange> extra, String reasons) {
        if (extra.stream().anyMatch(change -> change.to() == null)) {
            return new Event.RehearsalProvedNothing(
                    rehearsal.id(),
                    Skip.REMOVALS,
                    "Packages would have to be removed, which only a person may do. " + reasons);
        }
        Optional<HostPlan> plan =
                d.getPlan().extended() || d.wave() > 0
                        ? Optional.empty()
                        : inventories
                                .latest(d.host())
                                .flatMap(
                                        inventory ->
                                                PlanHost.extend(
                                                        d.getPlan(),
                                                        extra,
                                                        inventory,
                                                        quarantine.locked().on(inventory)));
        return plan.<Event>map(longer -> new Event.PlanExtended(rehearsal.id(), longer))
                .orElseGet(
                        () ->
                                new Event.RehearsalProvedNothing(
                                        rehearsal.id(),
                                        Skip.INCONCLUSIVE,
                                        "The package manager needs more than was planned. "
                                                + reasons));
    }

    private static Optional<Event> eventOf(AgentReported told) {
        return switch (told.report()) {
            case Report.Applied(var result) ->
                    Optional.of(new Event.ApplyEnded(told.order(), result));
            case Report.Restored(var result) ->
                    Optional.of(new Event.RestoreEnded(told.order(), result));
            case Report.Refused(Report.Refusal code, String detail) ->
                    Optional.of(new Event.OrderRefused(told.order(), code, detail));
            case Report.Failed(String detail) ->
                    Optional.of(new Event.OrderFailed(told.order(), detail));
            case Report.Rebooted _ -> Optional.of(new Event.Rebooted(told.order()));
            case Report.Accepted _, Report.Progress _, Report.Refreshed _ -> Optional.empty();
            case Report.Rehearsed _, Report.UnitsRestarted _ -> Optional.empty();
        };
    }
}
