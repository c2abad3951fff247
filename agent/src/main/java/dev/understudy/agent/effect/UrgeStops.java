package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Units;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Urges units to stop while something else waits for them. systemd asks a service once and waits
/// for as long as its unit says, which may be for ever (Debian's redis-server does): one that
/// refused because the disk was full is never asked again. Here such a service is asked again as it
/// was asked first, for as long as this is open.
public final class UrgeStops implements AutoCloseable {
    static final Duration ASK_AGAIN = Duration.ofSeconds(15);

    /// A time that is never over.
    static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    /// What a unit is doing while systemd waits for the processes it has asked to end.
    private static final String ASKED_TO_STOP = "stop-sigterm";

    private final Place place;
    private final Collection<String> names;
    private final Duration patience;
    private final Map<String, Long> since = new HashMap<>();
    private final Queue<String> killed = new ConcurrentLinkedQueue<>();
    private final Background<Boolean> urging;

    /// @param names of units, or patterns for them
    /// @param patience how long one may take before it is killed
    UrgeStops(Place place, Collection<String> names, Duration askAgain, Duration patience) {
        this.place = place;
        this.names = List.copyOf(names);
        this.patience = patience;
        this.urging =
                Background.start(
                        "urge-stops",
                        () -> {
                            while (true) {
                                Thread.sleep(askAgain);
                                urge();
                            }
                        });
    }

    /// Asks any service again and kills none.
    public static UrgeStops ofAll(Place place) {
        return new UrgeStops(place, List.of("*.service"), ASK_AGAIN, FOR_EVER);
    }

    /// Units that had to be killed to make them stop, in sentences.
    List<String> killed() {
        return List.copyOf(killed);
    }

    @Override
    public void close() {
        urging.close();
    }

    private void urge() throws InterruptedException {
        long now = System.nanoTime();
        Optional<List<Units.Unit>> units = Units.list(place, names);
        for (Units.Unit unit : units.orElse(List.of())) {
            if (!unit.active().equals("deactivating")) {
                since.remove(unit.name());
                continue;
            }
            long first = since.computeIfAbsent(unit.name(), _ -> now);
            if (now - first > patience.toNanos()) {
                // Said first: once it stops, whoever waits for it goes on and asks who was killed.
                killed.add(
                        "%s did not stop within %d s and was killed"
                                .formatted(unit.name(), patience.toSeconds()));
                send("all", "KILL", unit.name());
                since.remove(unit.name());
            } else if (unit.sub().equals(ASKED_TO_STOP)) {
                send("main", stopSignal(unit.name()), unit.name());
            }
        }
    }

    private String stopSignal(String unit) throws InterruptedException {
        Output output =
                place.run(
                        Command.of("systemctl", "show", "--value", "-p", "KillSignal", "--", unit));
        String signal = output.stdout().strip();
        return output.whole() && signal.matches("[0-9]{1,2}") ? signal : "TERM";
    }

    private void send(String whom, String signal, String unit) throws InterruptedException {
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
