package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Problem;
import dev.understudy.platform.Subscriptions;
import java.util.List;
import java.util.Map;

/// What a person does about events that a subscriber could not take and jobs that fail: have them
/// tried again, on the record.
public final class RetryParked {
    private final Database database;
    private final Subscriptions subscriptions;
    private final Jobs jobs;
    private final AuditTrail audit;

    public RetryParked(
            Database database, Subscriptions subscriptions, Jobs jobs, AuditTrail audit) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.jobs = jobs;
        this.audit = audit;
    }

    public List<Subscriptions.Parked> parked() {
        return subscriptions.parked();
    }

    public List<Jobs.Failing> failing() {
        return jobs.failing();
    }

    /// Lets every subscriber that has parked the event try it again.
    ///
    /// @return who tries it again
    public List<String> event(String actor, long event) {
        return database.inTransaction(
                () -> {
                    List<String> retried =
                            subscriptions.parked().stream()
                                    .filter(parked -> parked.eventId() == event)
                                    .map(Subscriptions.Parked::subscriber)
                                    .filter(subscriber -> subscriptions.retry(subscriber, event))
                                    .toList();
                    if (retried.isEmpty()) {
                        throw Problem.notFound(
                                "event-not-parked",
                                "No event %d is parked. See: understudy events".formatted(event));
                    }
                    audit.append(
                            actor,
                            "governance.event-retried",
                            "event:" + event,
                            Map.of("subscribers", String.join(" ", retried)));
                    return retried;
                });
    }

    /// Runs a job that failed now rather than after its pause.
    public void job(String actor, String name) {
        database.inTransaction(
                () -> {
                    if (jobs.runNow(name) == 0) {
                        throw Problem.notFound(
                                "job-not-failing",
                                "No job '%s' waits after a failure. See: understudy events"
                                        .formatted(name));
                    }
                    audit.append(actor, "governance.job-retried", "job:" + name, Map.of());
                });
    }
}
