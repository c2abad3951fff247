package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Restarts units within a bound, also those that do not stop. systemd asks a service once and
/// waits for as long as its unit says, which may be for ever (Debian's redis-server does): one that
/// refused because the disk was full is never asked again. Such a service is asked again as it was
/// asked first, and killed when it has not stopped after [#PATIENCE].
public final class RestartFirmly {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(15);

    /// Longer than systemd's own default of 90 s: where the unit has a bound, that one holds.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /// What a unit is doing while systemd waits for the processes it has asked to end.
    private static final String ASKED_TO_STOP = "stop-sigterm";

    private final Place place;
    private final Duration askAgain;
    private final Duration patience;

    public RestartFirmly(Place place) {
        this(place, ASK_AGAIN, PATIENCE);
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
        Command command = Command.of(restart).within(limit);
        try (Background<Output> restarting =
                Background.start("restart", () -> place.run(command))) {
            List<String> killed = new ArrayList<>();
            Map<String, Long> since = new HashMap<>();
            while (!restarting.endsWithin(askAgain)) {
                killed.addAll(urge(units, since));
            }
            return new Outcome(restarting.get(), killed);
        }
    }

    /// @param since when each unit was first seen not to stop, by [System#nanoTime]
    private List<String> urge(Collection<String> names, Map<String, Long> since)
            throws InterruptedException {
        List<String> killed = new ArrayList<>();
        long now = System.nanoTime();
        Optional<List<Units.Unit>> units = Units.list(place, names);
        for (Units.Unit unit : units.orElse(List.of())) {
            if (!unit.active().equals("deactivating")) {
                since.remove(unit.name());
                continue;
            }
            long first = since.computeIfAbsent(unit.name(), _ -> now);
            if (now - first > patience.toNanos()) {
                kill("all", "KILL", unit.name());
                killed.add(
                        "%s did not stop within %d s and was killed"
                                .formatted(unit.name(), patience.toSeconds()));
                since.remove(unit.name());
            } else if (unit.sub().equals(ASKED_TO_STOP)) {
                kill("main", stopSignal(unit.name()), unit.name());
            }
        }
        return killed;
    }

    private String stopSignal(String unit) throws InterruptedException {
        Output output =
                place.run(
                        Command.of("systemctl", "show", "--value", "-p", "KillSignal", "--", unit));
        String signal = output.stdout().strip();
        return output.whole() && signal.matches("[0-9]{1,2}") ? signal : "TERM";
    }

    private void kill(String whom, String signal, String unit) throws InterruptedException {
        // Whether it helps is seen by the unit's state.
        place.run(
                Command.of(
                        "systemctl",
                        "kill",
                        "--kill-who=" + whom,
                        "--signal=" + signal,
                        "--",
                        unit));
    }
}
