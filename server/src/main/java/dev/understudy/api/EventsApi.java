package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.RetryParked;
import dev.understudy.governance.Role;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Subscriptions;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Events that a subscriber could not take, and jobs that fail.
@RestController
public final class EventsApi {
    private final RetryParked retry;

    public EventsApi(RetryParked retry) {
        this.retry = retry;
    }

    /// Who tries the event again.
    public record Retried(List<String> subscribers) {}

    @GetMapping("/api/v1/events/parked")
    Items<Subscriptions.Parked> parked() {
        return new Items<>(retry.parked());
    }

    @PostMapping("/api/v1/events/{id}/retry")
    Retried retry(Operator operator, @PathVariable long id) {
        return new Retried(retry.event(operator.actor(), id));
    }

    @GetMapping("/api/v1/jobs/failing")
    Items<Jobs.Failing> failing() {
        return new Items<>(retry.failing());
    }

    @PostMapping("/api/v1/jobs/{name}/retry")
    @Needs(Role.OPERATOR)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void retryJob(Operator operator, @PathVariable String name) {
        retry.job(operator.actor(), name);
    }
}
