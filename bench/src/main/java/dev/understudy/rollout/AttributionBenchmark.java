package dev.understudy.rollout;

import dev.understudy.rollout.SimulatedCauses.Ended;
import dev.understudy.rollout.SimulatedCauses.Setting;
import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Costs;
import dev.understudy.rollout.gate.PlanWaves;
import dev.understudy.rollout.gate.WavePlan;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/// `AttributionBenchmark RUNS SEED HOSTS RATES`: simulated rollouts of patches that break RATES
/// percent of the hosts on fleets of HOSTS (both separated by commas), with outages and other
/// rollouts; harmless ones with failures put down to causes and without, in the same worlds. Prints
/// a row a setting, and one figure a line, `FIGURE NAME VALUE`.
public final class AttributionBenchmark {
    private static final int CANARIES = 5;

    private final int runs;
    private final long seed;
    private double worst;
    private double worstUpper;
    private int above;
    private long onHalted;
    private long offHalted;
    private long onPast;
    private long offPast;
    private int outages;
    private long rivalOn;
    private long rivalOff;
    private int rivals;
    private long cutOn;
    private long cutOff;
    private int cuts;
    private int quietDiffer;
    private int settings;
    private int hardest;
    private int hardestPast;
    private final double[] rates;

    private AttributionBenchmark(int runs, long seed, double[] rates) {
        this.runs = runs;
        this.seed = seed;
        this.rates = rates;
    }

    public static void main(String[] arguments) {
        AttributionBenchmark bench =
                new AttributionBenchmark(
                        Integer.parseInt(arguments[0]),
                        Long.parseLong(arguments[1]),
                        Arrays.stream(arguments[3].split(",", -1))
                                .mapToDouble(percent -> Double.parseDouble(percent) / 100)
                                .toArray());
        print(
                "Seed %d, %,d rollouts a setting. Every failure looks the same, whatever caused it.",
                bench.seed, bench.runs);
        print(
                "%7s %6s  %-34s %4s %-24s %9s %9s %9s %7s",
                "hosts",
                "broken",
                "beside the patch",
                "",
                "accepted %, exact 95 %",
                "halted %",
                "asked %",
                "paused %",
                "pauses");
        for (String hosts : arguments[2].split(",", -1)) {
            bench.fleet(Integer.parseInt(hosts));
        }
        bench.figures();
    }

    private void fleet(int hosts) {
        if (!(PlanWaves.of(Bound.USUAL, Costs.USUAL, hosts, CANARIES, 0)
                instanceof Certifiable(WavePlan plan))) {
            throw new IllegalStateException("%d hosts prove nothing".formatted(hosts));
        }
        for (double patch : rates) {
            for (Beside beside : BESIDE) {
                compare(plan, patch, beside);
            }
        }
    }

    /// What else befalls hosts.
    private record Beside(
            String name,
            double outage,
            double reach,
            double rival,
            double breaks,
            double share,
            double silent,
            double cut,
            double cutReach) {
        static Beside nothing(String name, double silent) {
            return cut(name, silent, 0, 0);
        }

        static Beside outage(String name, double outage, double reach) {
            return new Beside(name, outage, reach, 0, 0, 0, 0, 0, 0);
        }

        static Beside rival(String name, double rival, double breaks, double share) {
            return new Beside(name, 0, 0, rival, breaks, share, 0, 0, 0);
        }

        static Beside cut(String name, double silent, double cut, double reach) {
            return new Beside(name, 0, 0, 0, 0, 0, silent, cut, reach);
        }

        Setting with(double patch) {
            return new Setting(patch, outage, reach, rival, breaks, share, silent, cut, cutReach);
        }

        boolean quiet() {
            return outage == 0 && rival == 0 && cut == 0;
        }
    }

    private static final List<Beside> BESIDE =
            List.of(
                    Beside.nothing("nothing", 0),
                    Beside.nothing("nothing; the broken fall silent", 1),
                    Beside.outage("a fifth of waves: outage of 3 %", 0.2, 0.03),
                    Beside.outage("a fifth of waves: outage of 10 %", 0.2, 0.1),
                    Beside.outage("a fifth of waves: outage of 50 %", 0.2, 0.5),
                    Beside.outage("every wave: 1 % by themselves", 1, 0.01),
                    Beside.outage("every wave: 2 % by themselves", 1, 0.02),
                    Beside.rival("a fifth: rival breaks 30 %", 0.2, 0.3, 0.5),
                    Beside.rival("every wave: rival breaks 10 %", 1, 0.1, 0.3),
                    Beside.cut("silent; a fifth: cut of 3 %", 1, 0.2, 0.03),
                    Beside.cut("silent; a fifth: cut of 10 %", 1, 0.2, 0.1),
                    Beside.cut("half silent; a fifth: cut of 50 %", 0.5, 0.2, 0.5),
                    Beside.cut("silent; every wave: cut of 10 %", 1, 1, 0.1));

    private void compare(WavePlan plan, double patch, Beside beside) {
        settings++;
        Tally on = tally(plan, beside.with(patch), true);
        row(plan, patch, beside, "on", on);
        if (patch >= Bound.USUAL.harmful()) {
            harmful(patch, on);
            return;
        }
        Tally off = tally(plan, beside.with(patch), false);
        row(plan, patch, beside, "off", off);
        if (beside.outage() > 0 && beside.outage() < 1) {
            onHalted += on.halted();
            offHalted += off.halted();
            onPast += on.past();
            offPast += off.past();
            outages += runs;
        } else if (beside.rival() > 0) {
            rivalOn += on.halted();
            rivalOff += off.halted();
            rivals += runs;
        } else if (beside.cut() > 0) {
            cutOn += on.halted();
            cutOff += off.halted();
            cuts += runs;
        }
        if (beside.quiet()) {
            quietDiffer += on.equals(off) ? 0 : 1;
        }
    }

    private void harmful(double patch, Tally on) {
        Interval interval = exact(runs, on.past());
        worst = Math.max(worst, (double) on.past() / runs);
        worstUpper = Math.max(worstUpper, interval.getUpperBound());
        above += interval.getLowerBound() > Bound.USUAL.miss() ? 1 : 0;
        if (patch == Bound.USUAL.harmful()) {
            hardest += runs;
            hardestPast += on.past();
        }
    }

    /// @param paused in how many rollouts a person had to let it go on
    /// @param pauses how often in all of them
    private record Tally(int past, int halted, int asked, int paused, int pauses) {
        static final Tally NONE = new Tally(0, 0, 0, 0, 0);

        static Tally of(Ended ended) {
            return new Tally(
                    ended.past() ? 1 : 0,
                    ended.halted() ? 1 : 0,
                    ended.asked() ? 1 : 0,
                    ended.pauses() > 0 ? 1 : 0,
                    ended.pauses());
        }

        Tally and(Tally other) {
            return new Tally(
                    past + other.past,
                    halted + other.halted,
                    asked + other.asked,
                    paused + other.paused,
                    pauses + other.pauses);
        }
    }

    private Tally tally(WavePlan plan, Setting setting, boolean attributes) {
        return IntStream.range(0, runs)
                .parallel()
                .mapToObj(i -> Tally.of(rollout(plan, setting, attributes, i)))
                .reduce(Tally.NONE, Tally::and);
    }

    /// Each rollout has a seed of its own, so that the order in which they run does not matter.
    private Ended rollout(WavePlan plan, Setting setting, boolean attributes, int run) {
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom")
                        .create(seed + 1_000_003L * run + setting.hashCode());
        return new SimulatedCauses(plan, setting, attributes, random).run();
    }

    private static Interval exact(int trials, int successes) {
        return BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(trials, successes, 0.05);
    }

    private void row(WavePlan plan, double patch, Beside beside, String how, Tally tally) {
        Interval interval = exact(runs, tally.past());
        print(
                "%7d %5.1f%%  %-34s %4s %-24s %9.2f %9.2f %9.2f %7.2f",
                plan.hosts(),
                100 * patch,
                beside.name(),
                how,
                "%.2f [%.2f, %.2f]"
                        .formatted(
                                percent(tally.past()),
                                100 * interval.getLowerBound(),
                                100 * interval.getUpperBound()),
                percent(tally.halted()),
                percent(tally.asked()),
                percent(tally.paused()),
                (double) tally.pauses() / runs);
    }

    private double percent(int count) {
        return 100.0 * count / runs;
    }

    private void figures() {
        figure("settings", settings);
        figure("rollouts_per_setting", runs);
        figure("accepted_worst_percent", 100 * worst);
        figure("accepted_worst_upper_percent", 100 * worstUpper);
        figure("settings_above_the_bound", above);
        figure("hardest_percent", 100.0 * hardestPast / hardest);
        figure("hardest_upper_percent", 100 * exact(hardest, hardestPast).getUpperBound());
        figure("quiet_settings_that_differ", quietDiffer);
        figure("outage_accepted_on_percent", 100.0 * onPast / outages);
        figure("outage_accepted_off_percent", 100.0 * offPast / outages);
        falseHalts("outage", onHalted, offHalted, outages);
        falseHalts("rival", rivalOn, rivalOff, rivals);
        falseHalts("cut", cutOn, cutOff, cuts);
    }

    private static void falseHalts(String name, long on, long off, int all) {
        figure(name + "_false_halts_on_percent", 100.0 * on / all);
        figure(name + "_false_halts_off_percent", 100.0 * off / all);
        figure(name + "_false_halts_left_percent", off == 0 ? 0 : 100.0 * on / off);
    }

    private static void figure(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %s %.4f%n", name, value);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
