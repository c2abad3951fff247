package dev.understudy.api;

import dev.understudy.governance.AuditHead;
import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Operator;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Subscriptions;
import dev.understudy.rollout.Escalation;
import dev.understudy.rollout.Escalations;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// How the control plane itself is doing.
@RestController
public final class StatusApi {
    private final FleetStop stop;
    private final Escalations escalations;
    private final AuditTrail audit;
    private final Subscriptions subscriptions;
    private final Jobs jobs;
    private final InstantSource clock;

    public StatusApi(
            FleetStop stop,
            Escalations escalations,
            AuditTrail audit,
            Subscriptions subscriptions,
            Jobs jobs,
            InstantSource clock) {
        this.stop = stop;
        this.escalations = escalations;
        this.audit = audit;
        this.subscriptions = subscriptions;
        this.jobs = jobs;
        this.clock = clock;
    }

    /// Events on their way and stuck, jobs that fail, the stop, deadlines in danger, and the head
    /// of the audit trail to keep elsewhere.
    public record Status(
            String version,
            Instant time,
            String operator,
            Optional<FleetStop.Stop> stop,
            List<Escalation> escalations,
            AuditHead audit,
            long eventsWaiting,
            List<Subscriptions.Parked> eventsParked,
            List<Jobs.Failing> jobsFailing) {}

    @GetMapping("/api/v1/status")
    Status status(Operator operator) {
        return new Status(
                Optional.ofNullable(StatusApi.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                clock.instant(),
                operator.name(),
                stop.current(),
                escalations.open(),
                audit.head(),
                subscriptions.waiting(),
                subscriptions.parked(),
                jobs.failing());
    }
}
