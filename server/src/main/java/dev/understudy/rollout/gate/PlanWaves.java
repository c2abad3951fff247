package dev.understudy.rollout.gate;

import dev.understudy.rollout.gate.WavePlan.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Works out the waves of a stratum: backward induction over hosts judged and failures seen weighs
/// another soak with the rest unpatched against the hosts that a larger wave would break, and how
/// dear a wrong acceptance is rated is raised until its probability, counted exactly, is within the
/// bound.
public final class PlanWaves {
    /// How many failures a canary wave may be of what may be exposed before acceptance.
    private static final int CANARY_SHARE = 4;

    private PlanWaves() {}

    /// @param hosts how many hosts of the stratum get the patch
    /// @param canaries how many of them are to go first; no more than a quarter of what may have
    ///   the patch before it is accepted
    /// @param spared how many are not sampled and come last
    public static Certifiability of(Bound bound, Costs costs, int hosts, int canaries, int spared) {
        int budget = bound.budget(hosts);
        int first = canaries(budget, canaries);
        int sampled = hosts - first - spared;
        if (!provable(bound, hosts, canaries, spared)) {
            return new Certifiability.NotCertifiable(
                    bound,
                    hosts,
                    budget,
                    leastHosts(bound, canaries),
                    leastHarmful(bound, hosts, canaries));
        }
        Draws draws = new Draws(bound, sampled);
        int[] sizes = sizes(bound, Math.min(budget - first, sampled));
        Policy policy = cheapest(bound, costs, sizes, draws);
        return new Certifiability.Certifiable(
                plan(bound, costs, hosts, first, sampled, budget, policy, draws));
    }

    static int canaries(int budget, int wanted) {
        return Math.min(wanted, budget / CANARY_SHARE);
    }

    /// Whether a sample without a failure, as large as the limit allows, would do.
    private static boolean provable(Bound bound, int hosts, int canaries, int spared) {
        int budget = bound.budget(hosts);
        int first = canaries(budget, canaries);
        int sampled = hosts - first - spared;
        int sample = Math.min(budget - first, sampled);
        return sample >= 1 && new Draws(bound, sampled).faultless(sample) <= bound.miss();
    }

    private static int leastHosts(Bound bound, int canaries) {
        return least(1, 100_000_000, hosts -> provable(bound, hosts, canaries, 0)).orElse(0);
    }

    private static double leastHarmful(Bound bound, int hosts, int canaries) {
        int from = (int) Math.floor(bound.harmful() * 1000) + 1;
        return least(from, 999, rate -> provable(bound.against(rate / 1000.0), hosts, canaries, 0))
                        .orElse(1000)
                / 1000.0;
    }

    /// The least number for which it holds, if it holds from some number on.
    private static Optional<Integer> least(int from, int to, IntPredicate holds) {
        if (from > to || !holds.test(to)) {
            return Optional.empty();
        }
        int low = from;
        int high = to;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return Optional.of(low);
    }

    /// Numbers of judged hosts at which may be looked: close together first, up to several times
    /// what the test needs on average.
    static int[] sizes(Bound bound, int most) {
        double perHost =
                -bound.evidence(1, 0) * (1 - bound.goodRate())
                        - bound.evidence(1, 1) * bound.goodRate();
        int enough = (int) Math.ceil(8 * Math.log(1 / bound.miss()) / perHost);
        int last = Math.min(most, enough);
        List<Integer> sizes = new ArrayList<>(List.of(0));
        double growth = Math.pow(last, 1.0 / 56);
        double at = 1;
        while (sizes.getLast() < last) {
            int next = Math.min(last, Math.max(sizes.getLast() + 1, (int) Math.round(at)));
            sizes.add(next);
            at = Math.max(at * growth, next + 1);
        }
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Of the policies within the bound the one that costs the least: rating a wrong acceptance
    /// cheaper accepts more harmless patches sooner, until the bound is broken.
    private static Policy cheapest(Bound bound, Costs costs, int[] sizes, Draws draws) {
        double low = 0;
        double high = 25;
        Policy best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 26; i++) {
            double middle = (low + high) / 2;
            Policy policy = Policy.of(bound, costs, sizes, draws, Math.exp(middle));
            if (miss(policy, draws) > bound.miss()) {
                low = middle;
                continue;
            }
            high = middle;
            Expectation good = policy.follow(draws::good);
            double cost = (1 - good.accepted()) * costs.ask() + good.waves() * costs.wave();
            if (cost < least) {
                least = cost;
                best = policy;
            }
        }
        if (best == null) {
            throw new IllegalStateException(
                    "no waves of up to %d hosts keep %s".formatted(sizes[sizes.length - 1], bound));
        }
        return best;
    }

    /// The probability that a patch at the edge of harm is accepted, for hosts that fail by chance
    /// and for a fixed part of them that fails.
    private static double miss(Policy policy, Draws draws) {
        double byChance = policy.follow(draws::bad).accepted();
        return draws.fixed()
                ? Math.max(byChance, policy.follow(draws::badOnes).accepted())
                : byChance;
    }

    private static WavePlan plan(
            Bound bound,
            Costs costs,
            int hosts,
            int canaries,
            int sampled,
            int budget,
            Policy policy,
            Draws draws) {
        Expectation harmful = policy.follow(draws::bad);
        if (draws.fixed()) {
            Expectation ones = policy.follow(draws::badOnes);
            harmful = ones.accepted() > harmful.accepted() ? ones : harmful;
        }
        return new WavePlan(
                bound,
                costs,
                hosts,
                canaries,
                sampled,
                budget,
                policy.first(),
                policy.looks(),
                exposed(policy.follow(draws::good), canaries),
                exposed(harmful, canaries));
    }

    private static Expectation exposed(Expectation sample, int canaries) {
        return new Expectation(
                sample.accepted(),
                sample.halted(),
                sample.asked(),
                sample.waves(),
                sample.exposed() + canaries);
    }
}
