package dev.understudy.agent.apply;

import dev.understudy.protocol.PhaseTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A stopwatch with named laps.
final class Phases {
    private final List<PhaseTime> times = new ArrayList<>();
    private long since = System.nanoTime();

    void ended(String phase) {
        long now = System.nanoTime();
        times.add(new PhaseTime(phase, Duration.ofNanos(now - since)));
        since = now;
    }

    List<PhaseTime> all() {
        return List.copyOf(times);
    }
}
