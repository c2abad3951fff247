package dev.understudy.bench.gate;

import java.util.Locale;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/// How a schedule did in many rollouts of one setting.
final class Score {
    private final double limit;
    private final double harmful;
    private int runs;
    private int harmfulRuns;
    private int violations;
    private int halted;
    private int asked;
    private int completed;
    private long completedWaves;
    private long exposed;
    private long harmed;

    /// @param harmful from which share of broken hosts on a patch must not pass
    /// @param limit the share of hosts that it must not exceed
    Score(double harmful, double limit) {
        this.harmful = harmful;
        this.limit = limit;
    }

    void add(Schedule.Ended ended, Patched fleet) {
        runs++;
        boolean bad = fleet.brokenShare() >= harmful - 1e-9;
        harmfulRuns += bad ? 1 : 0;
        violations += bad && fleet.exposed() > limit * fleet.hosts() + 1e-9 ? 1 : 0;
        exposed += fleet.exposed();
        harmed += fleet.harmed();
        switch (ended.end()) {
            case HALTED -> halted++;
            case ASKED -> asked++;
            case COMPLETED -> {
                completed++;
                completedWaves += ended.waves();
            }
        }
    }

    int runs() {
        return runs;
    }

    int harmfulRuns() {
        return harmfulRuns;
    }

    int violations() {
        return violations;
    }

    int stopped() {
        return halted + asked;
    }

    double halted() {
        return (double) halted / runs;
    }

    double asked() {
        return (double) asked / runs;
    }

    double waves() {
        return completed == 0 ? Double.NaN : (double) completedWaves / completed;
    }

    double exposed() {
        return (double) exposed / runs;
    }

    double harmed() {
        return (double) harmed / runs;
    }

    double violationRate() {
        return harmfulRuns == 0 ? 0 : (double) violations / harmfulRuns;
    }

    Interval violationInterval() {
        return exact(harmfulRuns, violations);
    }

    Interval stoppedInterval() {
        return exact(runs, stopped());
    }

    /// The exact 95 % interval (Clopper and Pearson, 1934).
    static Interval exact(int trials, int successes) {
        return BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(trials, successes, 0.05);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }
}
