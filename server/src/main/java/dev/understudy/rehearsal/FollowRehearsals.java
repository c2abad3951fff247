package dev.understudy.rehearsal;

import dev.understudy.fleet.AgentReported;
import dev.understudy.fleet.HostRetired;
import dev.understudy.fleet.OrderExpired;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Subscriptions;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.rehearsal.Rehearsal.Event;
import dev.understudy.rehearsal.Rehearsal.Loss;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Moves rehearsals by what their hosts tell, or fail to tell.
public final class FollowRehearsals {
    private static final String NAME = "rehearsal";

    private final Database database;
    private final Rehearsals rehearsals;
    private final Outbox outbox;
    private final AuditTrail audit;
    private final InstantSource clock;

    public FollowRehearsals(
            Database database,
            Rehearsals rehearsals,
            Outbox outbox,
            AuditTrail audit,
            InstantSource clock) {
        this.database = database;
        this.rehearsals = rehearsals;
        this.outbox = outbox;
        this.audit = audit;
        this.clock = clock;
    }

    public void subscribe(Subscriptions subscriptions) {
        subscriptions.on(AgentReported.class, NAME, this::reported);
        subscriptions.on(OrderExpired.class, NAME, this::expired);
        subscriptions.on(HostRetired.class, NAME, this::retired);
    }

    void reported(AgentReported told) {
        eventOf(told.report()).ifPresent(event -> happen(told.order(), event));
    }

    void expired(OrderExpired told) {
        happen(
                told.order(),
                new Event.GaveUp(Loss.EXPIRED, "The host did not take up the rehearsal in time."));
    }

    void retired(HostRetired told) {
        rehearsals
                .open(told.host())
                .forEach(id -> happen(id, new Event.GaveUp(Loss.RETIRED, "The host was retired.")));
    }

    /// Gives up rehearsals of which nothing was heard for too long; to be called now and then.
    public void giveUpSilent() {
        rehearsals
                .silent(clock.instant())
                .forEach(
                        id ->
                                happen(
                                        id,
                                        new Event.GaveUp(
                                                Loss.SILENT,
                                                "The host took up the rehearsal and was not heard"
                                                        + " of it since.")));
    }

    private void happen(OrderId id, Event event) {
        database.inTransaction(
                () -> rehearsals.lock(id).ifPresent(rehearsal -> move(rehearsal, event)));
    }

    private void move(Rehearsal rehearsal, Event event) {
        Rehearsal next = rehearsal.with(RehearsalLifecycle.next(rehearsal.state(), event));
        if (next.equals(rehearsal)) {
            return;
        }
        rehearsals.save(next, clock.instant());
        if (next.ended()) {
            audit.append(
                    "host:" + next.host(),
                    "rehearsal.ended",
                    "host:" + next.host(),
                    Map.of(
                            "rehearsal", next.id().toString(),
                            "plan", next.plan().digest(),
                            "verdict", next.verdict().name(),
                            "reasons", String.join(" ", next.reasons())));
            outbox.publish(
                    new RehearsalFinished(
                            next.id(), next.host(), next.plan().digest(), next.verdict()));
        }
    }

    private static Optional<Event> eventOf(Report report) {
        return switch (report) {
            case Report.Accepted _ -> Optional.of(new Event.Accepted());
            case Report.Progress(String phase, _) -> Optional.of(new Event.Progressed(phase));
            case Report.Rehearsed(var result) -> Optional.of(new Event.Reported(result));
            case Report.Refused(Report.Refusal code, String detail) ->
                    Optional.of(
                            new Event.GaveUp(
                                    code == Report.Refusal.BUSY ? Loss.BUSY : Loss.REFUSED,
                                    "The host refused to rehearse (%s): %s"
                                            .formatted(code, detail)));
            case Report.Failed(String detail) ->
                    Optional.of(new Event.GaveUp(Loss.FAULT, "The agent failed: " + detail));
            case Report.Refreshed _, Report.Applied _, Report.Restored _ -> Optional.empty();
            case Report.UnitsRestarted _, Report.Rebooted _ -> Optional.empty();
        };
    }
}
