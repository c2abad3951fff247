package dev.understudy.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that moves by hand.
public final class ManualClock implements InstantSource {
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }
}
