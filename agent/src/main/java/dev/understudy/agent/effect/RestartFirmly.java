package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Restarts units within a bound, also those that do not stop: they are asked again and in the end
/// killed.
public final class RestartFirmly {
    /// Longer than systemd's own default of 90 s: where the unit has a bound, that one holds.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Place place;
    private final Duration askAgain;
    private final Duration patience;

    public RestartFirmly(Place place) {
        this(place, UrgeStops.ASK_AGAIN, PATIENCE);
    }

    RestartFirmly(Place place, Duration askAgain, Duration patience) {
        this.place = place;
        this.askAgain = askAgain;
        this.patience = patience;
    }

    /// What came of it.
    ///
    /// @param output of `systemctl restart`; its exit code speaks for all the units at once
    /// @param killed units that had to be killed to make them stop, in sentences
    public record Outcome(Output output, List<String> killed) {
        public Outcome {
            killed = List.copyOf(killed);
        }
    }

    /// Returns once systemd has restarted all of them or says that it cannot, at most after
    /// `limit`.
    public Outcome restart(Collection<String> units, Duration limit) throws InterruptedException {
        List<String> restart = new ArrayList<>(List.of("systemctl", "restart", "--"));
        units.stream().sorted().forEach(restart::add);
        try (UrgeStops urging = new UrgeStops(place, units, askAgain, patience)) {
            Output output = place.run(Command.of(restart).within(limit));
            return new Outcome(output, urging.killed());
        }
    }
}
