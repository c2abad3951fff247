package dev.understudy.bench.gate;

import dev.understudy.fleetsim.LagCurve;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A fleet on which one patch is being rolled out: how many hosts it breaks is settled, who is next
/// is chance, and a broken host shows it after a while. Time is in days.
final class Patched {
    /// Up to so many hosts are drawn one by one; of more the number of broken ones is drawn from
    /// the normal law with the hypergeometric's mean and variance.
    private static final int ONE_BY_ONE = 2_000;

    private final RandomGenerator random;
    private final int hosts;
    private final int brokenInAll;
    private final @Nullable LagCurve lag;
    private final PriorityQueue<Double> toShow = new PriorityQueue<>();
    private int left;
    private int brokenLeft;
    private int exposed;
    private int shown;
    private int harmed;
    private double now;

    /// @param lag when failures show; null for at once
    Patched(RandomGenerator random, int hosts, int broken, @Nullable LagCurve lag) {
        this.random = random;
        this.hosts = hosts;
        this.brokenInAll = broken;
        this.lag = lag;
        this.left = hosts;
        this.brokenLeft = broken;
    }

    int hosts() {
        return hosts;
    }

    int left() {
        return left;
    }

    int exposed() {
        return exposed;
    }

    int harmed() {
        return harmed;
    }

    int failed() {
        return shown;
    }

    double brokenShare() {
        return (double) brokenInAll / hosts;
    }

    /// A host that was chosen for what it runs, broken or not.
    void canary(boolean broken) {
        left--;
        brokenLeft -= broken ? 1 : 0;
        expose(1, broken ? 1 : 0);
    }

    /// The next hosts, by chance; soaks for so many days. The failures that showed meanwhile, of
    /// earlier hosts too.
    int wave(int size, double soak) {
        int taken = Math.min(size, left);
        int broken = taken <= ONE_BY_ONE ? oneByOne(taken) : atOnce(taken);
        left -= taken;
        brokenLeft -= broken;
        expose(taken, broken);
        now += soak;
        int before = shown;
        Double next;
        while ((next = toShow.peek()) != null && next <= now) {
            toShow.remove();
            shown++;
        }
        return shown - before;
    }

    private int oneByOne(int size) {
        int broken = 0;
        for (int i = 0; i < size; i++) {
            if (random.nextInt(left - i) < brokenLeft - broken) {
                broken++;
            }
        }
        return broken;
    }

    private int atOnce(int size) {
        double share = (double) brokenLeft / left;
        double mean = size * share;
        double variance = left > 1 ? mean * (1 - share) * (left - size) / (double) (left - 1) : 0;
        long drawn = Math.round(mean + Math.sqrt(variance) * random.nextGaussian());
        int least = Math.max(0, size - (left - brokenLeft));
        return Math.clamp(drawn, least, Math.min(size, brokenLeft));
    }

    private void expose(int size, int broken) {
        exposed += size;
        harmed += broken;
        for (int i = 0; i < broken; i++) {
            toShow.add(lag == null ? now : now + lag.draw(random));
        }
    }
}
