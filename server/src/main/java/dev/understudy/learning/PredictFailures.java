package dev.understudy.learning;

import dev.understudy.learning.Reliability.Known;
import dev.understudy.learning.Reliability.Law;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.commons.statistics.distribution.BetaDistribution;

/// What a rollout is expected to break, from nothing but its [Inputs]: the same inputs give the
/// same figures, bit by bit. A version that breaks much on one configuration is taken to do so on
/// all.
final class PredictFailures {
    /// Points of each law at which it is looked up, and draws of the whole rollout.
    private static final int POINTS = 400;

    private static final int DRAWS = 2_000;
    private static final double TAIL = 0.05;

    private final Inputs inputs;
    private final Model model;
    private final double[][] quantiles;

    private PredictFailures(Inputs inputs, boolean flat) {
        this.inputs = inputs;
        this.model = Model.version(inputs.model());
        this.quantiles = new double[inputs.parts().size()][];
        for (int i = 0; i < quantiles.length; i++) {
            Known known = flat ? Known.NOTHING : inputs.parts().get(i).known();
            quantiles[i] = quantiles(Reliability.law(model, known));
        }
    }

    /// Everything that the figures depend on.
    ///
    /// @param seed of the draws
    /// @param parts each patch on each configuration
    /// @param groups hosts that get the same parts
    record Inputs(int model, long seed, List<Part> parts, List<Group> groups) {
        Inputs {
            parts = List.copyOf(parts);
            groups = List.copyOf(groups);
        }

        int hosts() {
            return groups.stream().mapToInt(Group::hosts).sum();
        }
    }

    record Part(String patch, String configuration, Known known) {}

    /// @param parts places in [Inputs#parts]
    record Group(List<Integer> parts, int hosts) {
        Group {
            parts = List.copyOf(parts);
        }
    }

    /// @param expected how many hosts fail on average, on their twin or after the patch
    /// @param low how many hosts fail at least, and `high` at most, 9 times in 10
    /// @param any the probability that any does
    record Figures(int hosts, double expected, int low, int high, double any) {}

    static Figures of(Inputs inputs) {
        return new PredictFailures(inputs, false).figures();
    }

    /// What the prior alone says.
    static Figures flat(Inputs inputs) {
        return new PredictFailures(inputs, true).figures();
    }

    /// Points of the law of the share of hosts that fail: chance alone where the version is good.
    private static double[] quantiles(Law law) {
        BetaDistribution beta = BetaDistribution.of(law.alpha(), law.beta());
        double[] quantiles = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            double place = (i + 0.5) / POINTS - (1 - law.bad());
            double broken = place <= 0 ? 0 : beta.inverseCumulativeProbability(place / law.bad());
            quantiles[i] = 1 - (1 - broken) * (1 - law.chance());
        }
        return quantiles;
    }

    private Figures figures() {
        Map<String, List<Integer>> byPatch = new TreeMap<>();
        for (int i = 0; i < quantiles.length; i++) {
            byPatch.computeIfAbsent(inputs.parts().get(i).patch(), _ -> new ArrayList<>()).add(i);
        }
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(inputs.seed());
        int[] failed = new int[DRAWS];
        double sum = 0;
        int[] at = new int[quantiles.length];
        for (int draw = 0; draw < DRAWS; draw++) {
            for (List<Integer> parts : byPatch.values()) {
                int point = random.nextInt(POINTS);
                parts.forEach(part -> at[part] = point);
            }
            for (Group group : inputs.groups()) {
                double well = 1;
                for (int part : group.parts()) {
                    well *= 1 - quantiles[part][at[part]];
                }
                failed[draw] += binomial(group.hosts(), 1 - well, random);
            }
            sum += failed[draw];
        }
        Arrays.sort(failed);
        return new Figures(
                inputs.hosts(),
                sum / DRAWS,
                failed[(int) (TAIL * DRAWS)],
                failed[(int) ((1 - TAIL) * DRAWS)],
                1 - none(byPatch));
    }

    /// The probability that no host fails, exact but for the points: versions are independent.
    private double none(Map<String, List<Integer>> byPatch) {
        int[] hosts = new int[quantiles.length];
        for (Group group : inputs.groups()) {
            group.parts().forEach(part -> hosts[part] += group.hosts());
        }
        double none = 1;
        for (List<Integer> parts : byPatch.values()) {
            double mean = 0;
            for (int point = 0; point < POINTS; point++) {
                double well = 1;
                for (int part : parts) {
                    well *= StrictMath.pow(1 - quantiles[part][point], hosts[part]);
                }
                mean += well / POINTS;
            }
            none *= mean;
        }
        return Math.clamp(none, 0, 1);
    }

    /// How many of `of` hosts fail: by the gaps between those, or where many do, by the normal law.
    private static int binomial(int of, double share, RandomGenerator random) {
        if (share < 1e-12) {
            return 0;
        }
        if (share > 0.5) {
            return of - binomial(of, 1 - share, random);
        }
        double variance = of * share * (1 - share);
        if (variance > 100) {
            long drawn = Math.round(of * share + Math.sqrt(variance) * random.nextGaussian());
            return Math.clamp(drawn, 0, of);
        }
        double gap = StrictMath.log1p(-share);
        int drawn = 0;
        double at = StrictMath.log(1 - random.nextDouble()) / gap;
        while (at < of) {
            drawn++;
            at = Math.floor(at) + 1 + StrictMath.log(1 - random.nextDouble()) / gap;
        }
        return drawn;
    }
}
