package dev.understudy.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waiting for something that sends no word when it happens.
final class Waiting {
    private static final Duration STEP = Duration.ofMillis(50);

    private Waiting() {}

    /// @return whether the condition came true within the time
    static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(STEP);
            } catch (InterruptedException e) {
                throw Programs.interrupted(e);
            }
        }
        return true;
    }
}
