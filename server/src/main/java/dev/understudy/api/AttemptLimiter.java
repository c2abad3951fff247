package dev.understudy.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Slows down an address that keeps failing. Each address has a number of failures to spend, which
/// grows back with time; a success costs nothing, so that many hosts behind one address can join at
/// once. Holds the addresses that failed last, up to a bound.
final class AttemptLimiter {
    private static final int MOST_ADDRESSES = 10_000;

    private final InstantSource clock;
    private final int burst;
    private final Duration regrowth;
    private final Map<String, Budget> budgets = new LinkedHashMap<>(16, 0.75f, true);

    private record Budget(double left, Instant at) {}

    /// @param burst how many failures are free
    /// @param regrowth how long it takes until one more is
    AttemptLimiter(InstantSource clock, int burst, Duration regrowth) {
        this.clock = clock;
        this.burst = burst;
        this.regrowth = regrowth;
    }

    synchronized boolean allows(String address) {
        return left(address) >= 1;
    }

    synchronized void failed(String address) {
        budgets.put(address, new Budget(Math.max(0, left(address) - 1), clock.instant()));
        if (budgets.size() > MOST_ADDRESSES) {
            budgets.remove(budgets.keySet().iterator().next());
        }
    }

    private double left(String address) {
        Budget budget = budgets.get(address);
        if (budget == null) {
            return burst;
        }
        long passed = Duration.between(budget.at(), clock.instant()).toMillis();
        return Math.min(burst, budget.left() + (double) passed / regrowth.toMillis());
    }
}
