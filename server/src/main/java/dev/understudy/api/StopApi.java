package dev.understudy.api;

import dev.understudy.fleet.FleetSettings;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// The stop of the whole fleet.
@RestController
@RequestMapping("/api/v1/stop")
public final class StopApi {
    private final FleetStop stop;
    private final FleetSettings settings;

    public StopApi(FleetStop stop, FleetSettings settings) {
        this.stop = stop;
        this.settings = settings;
    }

    /// Why the fleet is to be stopped.
    public record Request(@Nullable String reason) {
        String given() {
            if (reason == null) {
                throw Problem.invalid("reason-missing", "Say why: reason is missing.");
            }
            return reason;
        }
    }

    /// Whether the fleet is stopped, and by whom and why; so long after a stop no host begins to
    /// change any more, also one that is cut off.
    public record State(boolean stopped, Optional<FleetStop.Stop> stop, Duration bound) {}

    @GetMapping
    State current() {
        return state(stop.current());
    }

    private State state(Optional<FleetStop.Stop> now) {
        return new State(now.isPresent(), now, settings.lease());
    }

    @PostMapping
    State stop(Operator operator, @RequestBody Request request) {
        return state(Optional.of(stop.stop(operator.actor(), request.given())));
    }

    /// Lets the fleet go on. Where that takes two people, it stays stopped until the second agrees,
    /// within an hour.
    @DeleteMapping
    @Needs(Role.APPROVER)
    State release(Operator operator) {
        return state(stop.release(operator.actor()));
    }
}
