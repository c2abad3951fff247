package dev.understudy.agent.rehearsal;

import dev.understudy.protocol.PhaseTime;
import dev.understudy.protocol.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The phases of a rehearsal: reports each as it begins, measures it, and knows how much of the
/// whole time is left.
final class Phases {
    private final Consumer<Report.Progress> progress;
    private final List<PhaseTime> times = new ArrayList<>();
    private final long deadline;
    private String current = "";
    private long since;

    Phases(Consumer<Report.Progress> progress, Duration limit) {
        this.progress = progress;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    void begin(String phase, String detail) {
        end();
        current = phase;
        progress.accept(new Report.Progress(phase, detail));
    }

    void end() {
        long now = System.nanoTime();
        if (!current.isEmpty()) {
            times.add(new PhaseTime(current, Duration.ofNanos(now - since)));
            current = "";
        }
        since = now;
    }

    /// Adds the time of a part of the present phase.
    void within(String part, Duration took) {
        times.add(new PhaseTime(part, took));
    }

    String current() {
        return current;
    }

    /// The time left, at least a second so that it can be a limit.
    Duration left() {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
    }

    boolean isOver() {
        return System.nanoTime() > deadline;
    }

    List<PhaseTime> times() {
        return List.copyOf(times);
    }
}
