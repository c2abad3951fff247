package dev.understudy.platform;

import java.time.Duration;
import java.util.List;

/// Delivers events on the calling thread, until none is due: for tests in which time moves by hand.
public final class Pump {
    private final List<Deliveries> deliveries;

    /// @param subscriptions not started, and never to be
    public Pump(Subscriptions subscriptions) {
        this.deliveries = subscriptions.deliveries();
    }

    public void run() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Deliveries each : deliveries) {
                while (each.next().equals(Duration.ZERO)) {
                    busy = true;
                }
            }
        }
    }
}
