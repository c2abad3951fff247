package dev.understudy.bench.gate;

import dev.understudy.fleetsim.LagCurve;
import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Certifiability;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Certifiability.NotCertifiable;
import dev.understudy.rollout.gate.Costs;
import dev.understudy.rollout.gate.PlanWaves;
import dev.understudy.rollout.gate.WavePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;
import org.apache.commons.statistics.interval.Interval;
import org.jspecify.annotations.Nullable;

/// `GateBenchmark DATA RUNS SEED RATES RHOS`: simulated rollouts of patches that break RATES
/// percent of hosts, correlated by RHOS (both separated by commas), on fleets of several sizes,
/// with the server's gate and with the usual schedules. Prints a row a setting, and one figure a
/// line, `FIGURE NAME VALUE`.
public final class GateBenchmark {
    private static final int[] FLEETS = {200, 2_000, 20_000, 100_000};
    private static final int CANARIES = 5;
    private static final double SOAK = 14;

    private final int runs;
    private final long seed;
    private final List<Double> rates;
    private final List<Double> rhos;
    private final LagCurve lag;
    private final List<Compared> compared = new ArrayList<>();
    private int settings;
    private int above;
    private double worstRate;
    private double worstUpper;
    private String worst = "";

    private GateBenchmark(
            int runs, long seed, List<Double> rates, List<Double> rhos, LagCurve lag) {
        this.runs = runs;
        this.seed = seed;
        this.rates = rates;
        this.rhos = rhos;
        this.lag = lag;
    }

    /// The gate and the fixed schedule at equal safety on a harmless patch.
    private record Compared(Score gate, Score fixed) {}

    public static void main(String[] arguments) throws IOException {
        int runs = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        List<Double> rates = numbers(arguments[3]).stream().map(percent -> percent / 100).toList();
        LagCurve lag = LagCurve.read(Path.of(arguments[0]));
        new GateBenchmark(runs, seed, rates, numbers(arguments[4]), lag).run();
    }

    private static List<Double> numbers(String text) {
        return Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList();
    }

    private void run() {
        print("Seed %d, %,d rollouts a setting, %d canaries.", seed, runs, CANARIES);
        print(
                "Delays: lognormal, median %.1f days, %.0f %% within 3, %.0f %% within 7, %.0f %% within 14 days (%d Debian pairs).",
                Math.exp(lag.mu()),
                100 * lag.within(3),
                100 * lag.within(7),
                100 * lag.within(14),
                lag.pairs());
        head();
        for (int hosts : FLEETS) {
            fleet(hosts);
        }
        for (int hosts : new int[] {20_000, 100_000}) {
            delayed(hosts);
        }
        print("");
        published();
        figure("settings", settings);
        figure("rollouts_per_setting", runs);
        figure("settings_above_the_bound", above);
        figure("violations_worst_percent", 100 * worstRate);
        figure("violations_worst_upper_percent", 100 * worstUpper);
        print("Worst setting: %s", worst);
        comparison();
    }

    private static void head() {
        print("");
        print(
                "%8s %6s %5s %6s  %-26s %8s %8s %7s %9s %8s",
                "hosts",
                "broken",
                "rho",
                "delay",
                "violations %, exact 95 %",
                "halted %",
                "asked %",
                "waves",
                "exposed",
                "broken");
    }

    private void fleet(int hosts) {
        Certifiability can = PlanWaves.of(Bound.USUAL, Costs.USUAL, hosts, CANARIES, 0);
        Bound bound = Bound.USUAL;
        if (can instanceof NotCertifiable not) {
            print("%8d %s", hosts, not.sentence());
            bound = bound.against(not.leastHarmful());
            can = PlanWaves.of(bound, Costs.USUAL, hosts, CANARIES, 0);
        }
        if (!(can instanceof Certifiable(WavePlan plan))) {
            throw new IllegalStateException("%d hosts cannot prove %s".formatted(hosts, bound));
        }
        Schedule gate = new Schedule.Certified(plan, 1);
        double most = equallySafe(bound, hosts);
        List<Double> all = new ArrayList<>(rates);
        if (!all.contains(bound.harmful())) {
            all.add(bound.harmful());
        }
        for (double rate : all) {
            for (double rho : rhos) {
                Score score = score(gate, plan.canaries(), bound, hosts, rate, rho, null);
                settle(hosts, rate, rho, false, score);
                if (rho == 0 && rate <= bound.harmless() + 1e-9) {
                    Score fixed =
                            score(
                                    new Schedule.Fixed(Schedule.Fixed.USUAL, most),
                                    0,
                                    bound,
                                    hosts,
                                    rate,
                                    rho,
                                    null);
                    row(hosts, rate, "1/10/50/100 at " + Score.percent(most) + " %", fixed);
                    compared.add(new Compared(score, fixed));
                }
                if (hosts == 2_000 && rate == 0.05 && rho == 0) {
                    figure("hard_case_percent", 100 * score.violationRate());
                    figure(
                            "hard_case_upper_percent",
                            100 * score.violationInterval().getUpperBound());
                }
            }
        }
    }

    /// Failures that show after days: the bound is kept about all of them, as the share that shows
    /// within the soak is part of it.
    private void delayed(int hosts) {
        Bound usual = Bound.USUAL;
        Bound bound =
                new Bound(
                        usual.harmless(),
                        usual.harmful(),
                        usual.miss(),
                        usual.falseHalt(),
                        usual.limit(),
                        lag.within(SOAK));
        if (!(PlanWaves.of(bound, Costs.USUAL, hosts, CANARIES, 0)
                instanceof Certifiable(WavePlan plan))) {
            throw new IllegalStateException("%d hosts cannot prove %s".formatted(hosts, bound));
        }
        Schedule gate = new Schedule.Certified(plan, SOAK);
        for (double rate : rates) {
            for (double rho : rhos) {
                Score score = score(gate, plan.canaries(), bound, hosts, rate, rho, lag);
                settle(hosts, rate, rho, true, score);
            }
        }
    }

    private Score score(
            Schedule schedule,
            int canaries,
            Bound bound,
            int hosts,
            double rate,
            double rho,
            @Nullable LagCurve delays) {
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom")
                        .create(seed ^ Double.hashCode(rate) * 31L ^ hosts ^ Double.hashCode(rho));
        Configurations configurations = new Configurations(hosts);
        Score score = new Score(bound.harmful(), bound.limit());
        for (int i = 0; i < runs; i++) {
            int[] broken = configurations.broken(rate, rho, random);
            int all = 0;
            for (int each : broken) {
                all += each;
            }
            Patched fleet = new Patched(random, hosts, all, delays);
            for (int canary = 0; canary < canaries; canary++) {
                fleet.canary(configurations.canary(canary, broken, random));
            }
            score.add(schedule.run(fleet), fleet);
        }
        return score;
    }

    private void settle(int hosts, double rate, double rho, boolean delays, Score score) {
        settings++;
        String violations = "no harmful patch";
        if (score.harmfulRuns() > 0) {
            Interval interval = score.violationInterval();
            violations =
                    "%s [%s, %s]"
                            .formatted(
                                    Score.percent(score.violationRate()),
                                    Score.percent(interval.getLowerBound()),
                                    Score.percent(interval.getUpperBound()));
            above += interval.getLowerBound() > Bound.USUAL.miss() ? 1 : 0;
            // Where few of the runs are harmful the interval tells nothing yet.
            if (2 * score.harmfulRuns() >= score.runs()) {
                worstRate = Math.max(worstRate, score.violationRate());
                if (interval.getUpperBound() > worstUpper) {
                    worstUpper = interval.getUpperBound();
                    worst =
                            "%,d hosts, %s %% broken, rho %s%s"
                                    .formatted(
                                            hosts,
                                            Score.percent(rate),
                                            rho,
                                            delays ? ", delays" : "");
                }
            }
        }
        print(
                "%8d %5s%% %5s %6s  %-26s %8s %8s %7.2f %9.1f %8.1f",
                hosts,
                Score.percent(rate),
                rho,
                delays ? "days" : "none",
                violations,
                Score.percent(score.halted()),
                Score.percent(score.asked()),
                score.waves(),
                score.exposed(),
                score.harmed());
    }

    private static void row(int hosts, double rate, String name, Score score) {
        print(
                "%8d %5s%%               %-26s %8s %8s %7.2f %9.1f %8.1f",
                hosts,
                Score.percent(rate),
                name,
                Score.percent(score.halted()),
                Score.percent(score.asked()),
                score.waves(),
                score.exposed(),
                score.harmed());
    }

    /// The share of failures by which the fixed schedule halts a wave so that a harmful patch
    /// passes its second wave no more often than the bound allows.
    private static double equallySafe(Bound bound, int hosts) {
        int broken = (int) Math.ceil(bound.harmful() * hosts - 1e-9);
        int first = (int) Math.ceil(0.01 * hosts - 1e-9);
        int second = (int) Math.ceil(0.1 * hosts - 1e-9) - first;
        double most = bound.harmful();
        while (most > 0 && passes(hosts, broken, first, second, most) > bound.miss()) {
            most -= 0.0005;
        }
        return Math.max(0, most);
    }

    private static double passes(int hosts, int broken, int first, int second, double most) {
        var one = HypergeometricDistribution.of(hosts, broken, first);
        double passes = 0;
        for (int failed = 0; failed <= Math.min(most * first, broken); failed++) {
            double here = one.probability(failed);
            if (here > 0) {
                passes +=
                        here
                                * HypergeometricDistribution.of(
                                                hosts - first, broken - failed, second)
                                        .cumulativeProbability((int) Math.floor(most * second));
            }
        }
        return passes;
    }

    /// The table of published gates: 2,000 hosts, 5 % broken, limit 10 %; stopped at 1 %.
    private void published() {
        print(
                "%-44s %26s %10s %18s",
                "2,000 hosts, 5 % broken, limit 10 %",
                "past the limit %",
                "exposed %",
                "1 % broken, stopped");
        Bound bound = Bound.USUAL;
        publish("1/10/50/100, wave > 5 %", new Schedule.Fixed(Schedule.Fixed.USUAL, 0.05), 0);
        publish("x2.5 from 20, SPRT that only halts", rings(Schedule.Rings.sprt(bound)), 0);
        publish("same, Beta-Binomial P(p > 3 %) > 0.5", rings(Schedule.Rings.posterior()), 0);
        publish("same, e-process 5 %", rings(Schedule.Rings.eProcess(0.01, 0.05)), 0);
        publish("20/60/120/200, SPRT must accept", new Schedule.AcceptRings(bound, 0.05, 0.05), 0);
        publish("same, miss 1 %", new Schedule.AcceptRings(bound, 0.01, 0.05), 0);
        if (PlanWaves.of(bound, Costs.USUAL, 2_000, CANARIES, 0)
                instanceof Certifiable(WavePlan plan)) {
            publish("the server's gate", new Schedule.Certified(plan, 1), plan.canaries());
        }
    }

    private static Schedule rings(Schedule.Rings.Rule rule) {
        return new Schedule.Rings(20, 2.5, rule);
    }

    private void publish(String name, Schedule schedule, int canaries) {
        Score bad = score(schedule, canaries, Bound.USUAL, 2_000, 0.05, 0, null);
        Score good = score(schedule, canaries, Bound.USUAL, 2_000, 0.01, 0, null);
        Interval interval = bad.violationInterval();
        print(
                "%-44s %26s %10s %18s",
                name,
                "%s [%s, %s]"
                        .formatted(
                                Score.percent(bad.violationRate()),
                                Score.percent(interval.getLowerBound()),
                                Score.percent(interval.getUpperBound())),
                Score.percent(bad.exposed() / 2_000),
                "%s + %s asked"
                        .formatted(Score.percent(good.halted()), Score.percent(good.asked())));
    }

    private void comparison() {
        int worse = 0;
        double waves = 0;
        double mostWaves = 0;
        for (Compared each : compared) {
            if (each.gate().stoppedInterval().getLowerBound()
                    > each.fixed().stoppedInterval().getUpperBound()) {
                worse++;
            }
            double share = each.gate().waves() / each.fixed().waves();
            waves += share / compared.size();
            mostWaves = Math.max(mostWaves, share);
        }
        figure("settings_with_more_false_stops", worse);
        figure("waves_over_fixed_schedule", waves);
        figure("most_waves_over_fixed_schedule", mostWaves);
    }

    private static void figure(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %s %.4f%n", name, value);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
