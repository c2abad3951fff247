package dev.understudy.fleetsim.policy;

import dev.understudy.rollout.gate.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Ways of patching, each in the same worlds.
record Study(List<Way> ways, List<List<Outcome>> outcomes) {
    /// Debian's and Ubuntu's own way: all, every night.
    static final Way UNATTENDED =
            new Rings("unattended-upgrades, daily", List.of(1.0), List.of(0.0), 1, 1);

    private static final List<Double> SHARES = List.of(0.01, 0.1, 0.5, 1.0);

    static final List<Way> WAYS =
            List.of(
                    UNATTENDED,
                    new Rings("rings, 0/1/2/3 days", SHARES, days(0, 1, 2, 3), 1, 1),
                    new Rings("rings, 0/2/7/14 days", SHARES, days(0, 2, 7, 14), 1, 1),
                    new Rings("rings 0/1/2/3, stop at 5 %", SHARES, days(0, 1, 2, 3), 1, 0.05),
                    new Rings("rings 0/2/7/14, stop at 5 %", SHARES, days(0, 2, 7, 14), 1, 0.05),
                    new Rings("monthly", List.of(1.0), List.of(0.0), 30, 1),
                    ours("understudy as it comes", 24, 5 / 60.0, 1),
                    ours("understudy, lists hourly", 1, 5 / 60.0, 1),
                    ours("same, soak 1 h, 5 canaries", 1, 1, 5),
                    ours("same, soak 24 h, 5 canaries", 1, 24, 5));

    Study {
        ways = List.copyOf(ways);
        outcomes = outcomes.stream().map(List::copyOf).toList();
    }

    private static List<Double> days(int... days) {
        return IntStream.of(days).mapToObj(day -> 24.0 * day).toList();
    }

    private static Way ours(String name, double refresh, double soak, int canaries) {
        return new Certified(name, refresh, soak, canaries, 25, Bound.USUAL);
    }

    /// Every way in `worlds` worlds; the seeds follow one another.
    static Study run(World.Sources sources, Assumptions assumptions, int worlds, long seed) {
        List<List<Outcome>> byWorld =
                IntStream.range(0, worlds)
                        .parallel()
                        .mapToObj(
                                i -> {
                                    World world = World.of(sources, assumptions, seed + i);
                                    return WAYS.stream()
                                            .map(way -> Simulation.run(world, way))
                                            .toList();
                                })
                        .toList();
        List<List<Outcome>> byWay = new ArrayList<>();
        for (int way = 0; way < WAYS.size(); way++) {
            int number = way;
            byWay.add(byWorld.stream().map(outcomes -> outcomes.get(number)).toList());
        }
        return new Study(WAYS, byWay);
    }

    double mean(int way, ToDoubleFunction<Outcome> figure) {
        return outcomes.get(way).stream().mapToDouble(figure).average().orElseThrow();
    }

    /// Of one way less another.
    Paired difference(int one, int other, ToDoubleFunction<Outcome> figure) {
        return Paired.of(figures(one, figure), figures(other, figure));
    }

    private double[] figures(int way, ToDoubleFunction<Outcome> figure) {
        return outcomes.get(way).stream().mapToDouble(figure).toArray();
    }

    /// Whether the other way is no worse on both axes and certainly better on one.
    boolean dominated(int one, int other) {
        boolean noBetter =
                mean(one, Outcome::exposure) >= mean(other, Outcome::exposure)
                        && mean(one, Outcome::broken) >= mean(other, Outcome::broken);
        return noBetter
                && (difference(one, other, Outcome::exposure).above()
                        || difference(one, other, Outcome::broken).above());
    }
}
