package dev.understudy.bench.gate;

import java.util.random.RandomGenerator;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.BetaDistribution;

/// The hosts of a fleet by configuration, shared by Zipf's law, and patches whose failures depend
/// on it: within a configuration hosts fail alike, by a beta-binomial law with correlation ρ.
final class Configurations {
    private static final int KINDS = 400;

    private final int[] hosts;

    Configurations(int fleet) {
        int kinds = Math.min(KINDS, Math.max(1, fleet / 5));
        double sum = 0;
        for (int k = 1; k <= kinds; k++) {
            sum += 1.0 / k;
        }
        hosts = new int[kinds];
        int given = 0;
        for (int k = kinds; k > 1; k--) {
            hosts[k - 1] = Math.max(1, (int) (fleet / (k * sum)));
            given += hosts[k - 1];
        }
        hosts[0] = fleet - given;
    }

    /// How many hosts of each configuration a patch breaks.
    ///
    /// @param rate the mean share of broken hosts
    /// @param rho 0: hosts fail by themselves, and exactly that share does
    int[] broken(double rate, double rho, RandomGenerator random) {
        int[] broken = new int[hosts.length];
        if (rho == 0) {
            spread((int) Math.ceil(rate * fleet() - 1e-9), broken, random);
            return broken;
        }
        double scale = 1 / rho - 1;
        UniformRandomProvider source = random::nextLong;
        var law = BetaDistribution.of(rate * scale, (1 - rate) * scale).createSampler(source);
        for (int k = 0; k < hosts.length; k++) {
            broken[k] = binomial(hosts[k], law.sample(), random);
        }
        return broken;
    }

    /// How many of `of` hosts break: by the gaps between them, or where many do, by the normal law.
    private static int binomial(int of, double share, RandomGenerator random) {
        double variance = of * share * (1 - share);
        if (variance > 100) {
            long drawn = Math.round(of * share + Math.sqrt(variance) * random.nextGaussian());
            return Math.clamp(drawn, 0, of);
        }
        if (share > 0.5) {
            return of - binomial(of, 1 - share, random);
        }
        if (share < 1e-12) {
            return 0;
        }
        double gap = Math.log1p(-share);
        int broken = 0;
        double at = Math.log(1 - random.nextDouble()) / gap;
        while (at < of) {
            broken++;
            at = Math.floor(at) + 1 + Math.log(1 - random.nextDouble()) / gap;
        }
        return broken;
    }

    private void spread(int count, int[] broken, RandomGenerator random) {
        int left = fleet();
        int due = count;
        for (int k = 0; k < hosts.length && due > 0; k++) {
            double share = (double) due / left;
            double mean = hosts[k] * share;
            double drawn = mean + Math.sqrt(mean * (1 - share)) * random.nextGaussian();
            int least = Math.max(0, due - (left - hosts[k]));
            broken[k] = Math.clamp(Math.round(drawn), least, Math.min(due, hosts[k]));
            due -= broken[k];
            left -= hosts[k];
        }
    }

    /// Whether the canary of the k-th commonest configuration is broken.
    boolean canary(int k, int[] broken, RandomGenerator random) {
        return k < hosts.length && random.nextInt(hosts[k]) < broken[k];
    }

    int fleet() {
        int all = 0;
        for (int each : hosts) {
            all += each;
        }
        return all;
    }
}
