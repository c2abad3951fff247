package dev.understudy.bench.schedule;

import dev.understudy.bench.schedule.RandomFleet.Shape;
import dev.understudy.rollout.schedule.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Plans schedules for fleets that do not exist and prints figures for `bars/24-schedule`: how long
/// the plan for 100,000 hosts takes, how far plans are above the lower bound and above what an
/// exact solver finds, and what plans do not keep to.
public final class ScheduleBenchmark {
    private static final int MOST = Integer.MAX_VALUE;
    private static final int HOSTS = 100_000;
    private static final int RUNS = 3;

    private int violations;
    private int plans;

    private ScheduleBenchmark() {}

    /// SEED RANDOM_FLEETS SMALL_FLEETS SECONDS_A_SMALL_FLEET
    public static void main(String[] arguments) {
        if (arguments.length != 4) {
            throw new IllegalArgumentException(
                    "expected SEED RANDOM_FLEETS SMALL_FLEETS SECONDS, got %d words"
                            .formatted(arguments.length));
        }
        ScheduleBenchmark benchmark = new ScheduleBenchmark();
        long seed = Long.parseLong(arguments[0]);
        benchmark.large(seed);
        benchmark.tight(seed);
        benchmark.small(seed, Integer.parseInt(arguments[2]), Double.parseDouble(arguments[3]));
        benchmark.random(seed, Integer.parseInt(arguments[1]));
        figure("plans", benchmark.plans);
        figure("violations", benchmark.violations);
    }

    private static void figure(String name, double value) {
        System.out.printf("FIGURE %s %s%n", name, Math.round(value * 1e4) / 1e4);
    }

    private Schedule plan(RandomFleet fleet) {
        Schedule plan = Schedule.of(fleet.instance());
        check(fleet, plan);
        return plan;
    }

    private void check(RandomFleet fleet, Schedule plan) {
        plans++;
        List<String> found = fleet.violations(plan.timetable());
        found.stream().limit(5).forEach(System.out::println);
        violations += found.size();
        if (plan.bound() > plan.cost() * (1 + 1e-9)) {
            violations++;
            System.out.printf("a bound of %s over a cost of %s%n", plan.bound(), plan.cost());
        }
    }

    /// Everything at once: 500 groups, windows in four zones, HA groups, budgets, capacity, waves,
    /// sequence. Every run makes the fleet anew, so that no calendar was looked at before.
    private void large(long seed) {
        Shape all = new Shape(HOSTS, 500, true, 2_000, 40, 50, 2, 4);
        List<Double> seconds = new ArrayList<>();
        double gap = 0;
        for (int i = 0; i < RUNS; i++) {
            RandomFleet fleet = RandomFleet.of(all, seed);
            long begun = System.nanoTime();
            Schedule plan = Schedule.of(fleet.instance());
            seconds.add((System.nanoTime() - begun) / 1e9);
            gap = 100 * plan.gap();
            if (i == 0) {
                check(fleet, plan);
            }
        }
        System.out.printf(
                "100,000 hosts in 500 groups with windows, HA groups, budgets, capacity, waves and sequence: planned in %s s; %.1f %% over the bound%n",
                seconds.stream().map("%.2f"::formatted).toList(), gap);
        figure("large_seconds", Collections.max(seconds));
        figure("large_gap_percent", gap);
    }

    /// One kind of limit at a time, where the bound can be met.
    private void tight(long seed) {
        gap("capacity", new Shape(HOSTS, 1, false, 500, MOST, 0, 0, 1), seed);
        gap("budgets", new Shape(HOSTS, 200, false, MOST, 20, 0, 0, 1), seed);
        gap("quorums", new Shape(HOSTS, 1, false, MOST, MOST, 100, 0, 1), seed);
        gap("windows", new Shape(HOSTS, 500, true, MOST, MOST, 0, 0, 1), seed);
        gap("waves", new Shape(HOSTS, 1, false, 1_000, MOST, 0, 0, 5), seed);
    }

    private void gap(String name, Shape shape, long seed) {
        Schedule plan = plan(RandomFleet.of(shape, seed));
        System.out.printf(
                "100,000 hosts, only %s limit: %.3f %% over the bound%n", name, 100 * plan.gap());
        figure("gap_percent_" + name, 100 * plan.gap());
    }

    /// Fleets of 10 to 50 hosts against the exact solver.
    private void small(long seed, int fleets, double seconds) {
        double worst = 0;
        double sum = 0;
        double worstToBound = 0;
        int proved = 0;
        long planning = 0;
        for (int i = 0; i < fleets; i++) {
            int hosts = 10 + 40 * i / Math.max(1, fleets - 1);
            Shape shape = new Shape(hosts, 4, true, 2 + i % 4, 2, 60, 10, 1 + i % 2);
            RandomFleet fleet = RandomFleet.of(shape, seed + i);
            long begun = System.nanoTime();
            Schedule plan = plan(fleet);
            planning = Math.max(planning, System.nanoTime() - begun);
            ExactSolver.Answer exact =
                    ExactSolver.solve(fleet.instance(), plan.timetable(), seconds);
            double over = 100 * (plan.cost() / exact.cost() - 1);
            double overBound = 100 * (plan.cost() / exact.bound() - 1);
            System.out.printf(
                    "%d hosts: %.3f %% over the exact solver%s%n",
                    hosts,
                    over,
                    exact.proved()
                            ? ""
                            : ", which proved only that nothing is better by more than %.2f %%"
                                    .formatted(overBound));
            proved += exact.proved() ? 1 : 0;
            worst = Math.max(worst, over);
            worstToBound = Math.max(worstToBound, overBound);
            sum += over;
        }
        System.out.printf(
                "longest planning of a small fleet: %d ms%n",
                Duration.ofNanos(planning).toMillis());
        figure("small_fleets", fleets);
        figure("small_proved", proved);
        figure("small_worst_percent", worst);
        figure("small_mean_percent", sum / fleets);
        figure("small_worst_over_solvers_bound_percent", worstToBound);
    }

    private void random(long seed, int fleets) {
        for (int i = 0; i < fleets; i++) {
            int hosts = 70 + (i * 37) % 1_500;
            plan(
                    RandomFleet.of(
                            new Shape(
                                    hosts,
                                    1 + i % 7,
                                    true,
                                    1 + (i * 13) % 60,
                                    1 + (i * 7) % 30,
                                    20 * (i % 6),
                                    i % 12,
                                    1 + i % 5),
                            seed + 1_000 + i));
        }
    }
}
