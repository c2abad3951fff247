package dev.understudy.rollout.gate;

import dev.understudy.rollout.gate.WavePlan.Expectation;
import dev.understudy.rollout.gate.WavePlan.Look;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What is best to do after so many judged hosts with so many failures, by backward induction, if a
/// wrong acceptance is rated so dear.
final class Policy {
    private static final int ASK = 0;
    private static final int ACCEPT = -1;

    /// What patches are like: the share of hosts that they break and how often that is so. Five in
    /// a hundred are harmful (regression updates follow 2 to 4 % of Debian's advisories), and some
    /// of those break half of all hosts.
    private record Kind(double rate, double weight, boolean harmful) {}

    private final int[] sizes;
    private final int[] haltAt;
    private final Kind[] kinds;
    private final Costs costs;
    private final Draws draws;
    private final double missCost;
    private final double[][] value;

    /// By size and failures: the next size's index, or [#ASK], or [#ACCEPT].
    private final int[][] choice;

    private Policy(Bound bound, Costs costs, int[] sizes, Draws draws, double missCost) {
        this.sizes = sizes;
        this.costs = costs;
        this.draws = draws;
        this.missCost = missCost;
        this.haltAt = Arrays.stream(sizes).map(bound::haltAt).toArray();
        double p0 = bound.goodRate();
        double p1 = bound.badRate();
        this.kinds =
                new Kind[] {
                    new Kind(p0, 0.475, false),
                    new Kind(p0 / 4, 0.475, false),
                    new Kind(p1, 0.035, true),
                    new Kind(Math.max(0.5, p1), 0.015, true)
                };
        this.value = new double[sizes.length][];
        this.choice = new int[sizes.length][];
    }

    static Policy of(Bound bound, Costs costs, int[] sizes, Draws draws, double missCost) {
        Policy policy = new Policy(bound, costs, sizes, draws, missCost);
        for (int i = sizes.length - 1; i >= 0; i--) {
            policy.value[i] = new double[policy.haltAt[i]];
            policy.choice[i] = new int[policy.haltAt[i]];
            for (int failed = policy.haltAt[i] - 1; failed >= 0; failed--) {
                policy.decide(i, failed);
            }
        }
        return policy;
    }

    private void decide(int i, int failed) {
        double[] belief = belief(sizes[i], failed);
        double harmful = 0;
        for (int k = 0; k < kinds.length; k++) {
            harmful += kinds[k].harmful() ? belief[k] : 0;
        }
        double best = (1 - harmful) * costs.ask();
        int chosen = ASK;
        if (sizes[i] > 0 && harmful * missCost < best) {
            best = harmful * missCost;
            chosen = ACCEPT;
        }
        for (int j = i + 1; j < sizes.length; j++) {
            double cost = goingOn(i, failed, j, belief, best);
            if (cost < best) {
                best = cost;
                chosen = j;
            }
        }
        value[i][failed] = best;
        choice[i][failed] = chosen;
    }

    /// What it costs to go on to size `j`, or more than `best` once that is certain.
    private double goingOn(int i, int failed, int j, double[] belief, double best) {
        int more = sizes[j] - sizes[i];
        double cost = costs.wave();
        for (int k = 0; k < kinds.length; k++) {
            cost += belief[k] * more * kinds[k].rate();
        }
        for (int x = 0; failed + x < haltAt[j] && x <= more && cost < best; x++) {
            double likely = 0;
            for (int k = 0; k < kinds.length; k++) {
                likely += belief[k] * draws.chance(kinds[k].rate(), more, x);
            }
            cost += likely * value[j][failed + x];
        }
        if (cost >= best) {
            return cost;
        }
        for (int k = 0; k < kinds.length; k++) {
            if (!kinds[k].harmful()) {
                double goesOn = 0;
                for (int x = 0; failed + x < haltAt[j] && x <= more; x++) {
                    goesOn += draws.chance(kinds[k].rate(), more, x);
                }
                cost += belief[k] * Math.max(0, 1 - goesOn) * costs.ask();
            }
        }
        return cost;
    }

    private double[] belief(int judged, int failed) {
        double[] log = new double[kinds.length];
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < kinds.length; k++) {
            double rate = kinds[k].rate();
            log[k] =
                    Math.log(kinds[k].weight())
                            + failed * Math.log(rate)
                            + (judged - failed) * Math.log(1 - rate);
            greatest = Math.max(greatest, log[k]);
        }
        double sum = 0;
        for (int k = 0; k < kinds.length; k++) {
            log[k] = Math.exp(log[k] - greatest);
            sum += log[k];
        }
        for (int k = 0; k < kinds.length; k++) {
            log[k] /= sum;
        }
        return log;
    }

    /// How many hosts the first wave has.
    int first() {
        return choice[0][0] > 0 ? sizes[choice[0][0]] : 0;
    }

    private boolean accepts(int i, int failed) {
        for (int f = 0; f <= failed; f++) {
            if (f >= choice[i].length || choice[i][f] != ACCEPT) {
                return false;
            }
        }
        return true;
    }

    /// How the test goes if failures come by `law`.
    Expectation follow(Draws.Law law) {
        double[][] reached = new double[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            reached[i] = new double[haltAt[i]];
        }
        reached[0][0] = 1;
        double accepted = 0;
        double halted = 0;
        double asked = 0;
        double waves = 0;
        double exposed = 0;
        for (int i = 0; i < sizes.length; i++) {
            for (int failed = 0; failed < reached[i].length; failed++) {
                double here = reached[i][failed];
                if (here == 0) {
                    continue;
                }
                if (i > 0 && accepts(i, failed)) {
                    accepted += here;
                    continue;
                }
                int j = Math.max(0, choice[i][failed]);
                if (j == ASK) {
                    asked += here;
                    continue;
                }
                int more = sizes[j] - sizes[i];
                waves += here;
                exposed += here * more;
                double stays = 0;
                for (int x = 0; failed + x < haltAt[j] && x <= more; x++) {
                    double likely = law.probability(sizes[i], failed, more, x);
                    stays += likely;
                    reached[j][failed + x] += here * likely;
                }
                halted += here * Math.max(0, 1 - stays);
            }
        }
        return new Expectation(accepted, halted, asked, waves, exposed);
    }

    /// The looks that can be reached.
    List<Look> looks() {
        boolean[][] reached = new boolean[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            reached[i] = new boolean[haltAt[i]];
        }
        reached[0][0] = true;
        List<Look> looks = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            boolean any = false;
            List<Integer> next = new ArrayList<>();
            int acceptUpTo = -1;
            for (int failed = 0; failed < reached[i].length; failed++) {
                boolean accept = i > 0 && accepts(i, failed);
                acceptUpTo = accept ? failed : acceptUpTo;
                int j = accept ? ASK : Math.max(0, choice[i][failed]);
                next.add(j == ASK ? 0 : sizes[j]);
                any |= reached[i][failed];
                if (reached[i][failed] && j != ASK) {
                    for (int x = 0; failed + x < haltAt[j]; x++) {
                        reached[j][failed + x] = true;
                    }
                }
            }
            if (any && i > 0) {
                looks.add(new Look(sizes[i], acceptUpTo, haltAt[i], next));
            }
        }
        return looks;
    }
}
