package dev.understudy.learning;

import dev.understudy.learning.PredictFailures.Figures;
import dev.understudy.learning.PredictFailures.Group;
import dev.understudy.learning.PredictFailures.Inputs;
import dev.understudy.learning.PredictFailures.Part;
import dev.understudy.learning.SimulatedReleases.Release;
import dev.understudy.learning.SimulatedReleases.Shown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/// `ForecastBenchmark RUNS CYCLES PACKAGES SEED`: fleets that learn from simulated outcomes, month
/// after month; how good their forecasts are against the prior alone, by cycle, and how well
/// calibrated. Prints a row a cycle, and lines `FIGURE NAME VALUE`.
public final class ForecastBenchmark {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /// What the prior says of so many hosts; the same whichever they are.
    private static final Map<Integer, Double> FLAT = new ConcurrentHashMap<>();

    private final int runs;
    private final int cycles;
    private final List<Scored> scored;

    private ForecastBenchmark(int runs, int cycles, List<Scored> scored) {
        this.runs = runs;
        this.cycles = cycles;
        this.scored = scored;
    }

    /// @param first whether nobody had the version yet
    private record Scored(int run, int cycle, boolean first, Calibration.Score score) {}

    public static void main(String[] arguments) {
        int runs = Integer.parseInt(arguments[0]);
        int cycles = Integer.parseInt(arguments[1]);
        int packages = Integer.parseInt(arguments[2]);
        long seed = Long.parseLong(arguments[3]);
        List<Scored> scored =
                IntStream.range(0, runs)
                        .parallel()
                        .mapToObj(run -> run(run, cycles, packages, seed + run))
                        .flatMap(List::stream)
                        .toList();
        print(
                "Seed %d, %d runs of %d months, %d packages, %d rollouts.",
                seed, runs, cycles, packages, scored.size());
        new ForecastBenchmark(runs, cycles, scored).tell();
    }

    private static List<Scored> run(int run, int cycles, int packages, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        SimulatedReleases releases = new SimulatedReleases(packages, random);
        Map<String, Evidence> evidence = new TreeMap<>();
        List<Scored> scored = new ArrayList<>();
        for (int cycle = 1; cycle <= cycles; cycle++) {
            Instant now = START.plus(Duration.ofDays(30L * cycle));
            for (Release release : releases.month()) {
                Reliability reliability =
                        new Reliability(Model.CURRENT, List.copyOf(evidence.values()), now);
                Shown shown = releases.roll(release);
                scored.add(
                        new Scored(
                                run,
                                cycle,
                                release.configuration() == 0,
                                score(reliability, release, shown, scored.size())));
                evidence.put(
                        release.patch() + " " + release.on(),
                        new Evidence(
                                release.patch(),
                                release.on(),
                                release.kind(),
                                release.source(),
                                shown.judged(),
                                shown.failed(),
                                now));
            }
        }
        return scored;
    }

    /// As the server scores.
    private static Calibration.Score score(
            Reliability reliability, Release release, Shown shown, long seed) {
        Part part =
                new Part(
                        release.patch(),
                        release.on(),
                        reliability.of(
                                release.patch(), release.kind(), release.source(), release.on()));
        Inputs whole = inputs(part, release.hosts(), seed);
        Inputs judged = inputs(part, shown.judged(), seed);
        Figures figures = PredictFailures.of(judged);
        return new Calibration.Score(
                shown.judged(),
                shown.failed(),
                shown.judged() == release.hosts() ? figures.any() : PredictFailures.of(whole).any(),
                FLAT.computeIfAbsent(release.hosts(), _ -> PredictFailures.flat(whole).any()),
                figures.low(),
                figures.high());
    }

    private static Inputs inputs(Part part, int hosts, long seed) {
        return new Inputs(
                Model.CURRENT.version(),
                seed,
                List.of(part),
                List.of(new Group(List.of(0), hosts)));
    }

    private void tell() {
        print(
                "%7s %9s %9s %9s %28s %10s %10s",
                "month",
                "rollouts",
                "Brier",
                "prior",
                "difference, 95 %",
                "covered %",
                "first time");
        double[] regret = new double[runs];
        double before = 0;
        int falls = 0;
        double worst = 1;
        for (int cycle = 1; cycle <= cycles; cycle++) {
            int month = cycle;
            List<Scored> of = scored.stream().filter(each -> each.cycle() == month).toList();
            Calibration.Table table = table(of);
            Calibration.Table first = table(of.stream().filter(Scored::first).toList());
            double[] difference = differences(of);
            double[] interval = interval(difference);
            for (int run = 0; run < runs; run++) {
                regret[run] += difference[run];
            }
            double now = mean(regret);
            falls += now < before ? 1 : 0;
            before = now;
            worst = Math.min(worst, table.covered());
            print(
                    "%7d %9d %9.5f %9.5f %+9.5f [%+.5f, %+.5f] %10.1f %10.1f",
                    month,
                    of.size(),
                    table.brier(),
                    table.flatBrier(),
                    mean(difference),
                    interval[0],
                    interval[1],
                    100 * table.covered(),
                    100 * first.covered());
        }
        Calibration.Table all = table(scored);
        double[] whole = interval(differences(scored));
        print("");
        print("%22s %9s %9s %9s", "any failure forecast", "rollouts", "mean", "came");
        double error = 0;
        for (Calibration.Bin bin : all.bins()) {
            if (bin.rollouts() > 0) {
                print(
                        "%11.2f to %7.2f %9d %9.3f %9.3f",
                        bin.from(), bin.to(), bin.rollouts(), bin.forecast(), bin.came());
                error += Math.abs(bin.forecast() - bin.came()) * bin.rollouts() / all.rollouts();
            }
        }
        List<Scored> cold = scored.stream().filter(each -> each.cycle() == 1).toList();
        List<Scored> fresh = scored.stream().filter(Scored::first).toList();
        double[] freshInterval = interval(differences(fresh));
        print(
                "Versions that nobody had yet: Brier %.5f, prior %.5f, difference [%+.5f, %+.5f].",
                table(fresh).brier(), table(fresh).flatBrier(), freshInterval[0], freshInterval[1]);
        figure("rollouts", scored.size());
        figure("brier", all.brier());
        figure("flat_brier", all.flatBrier());
        figure("difference_upper", whole[1]);
        figure("fresh_difference_upper", freshInterval[1]);
        figure("cycles_in_which_regret_fell", falls);
        figure("cycles", cycles);
        figure("calibration_error", error);
        figure("covered_worst_percent", 100 * worst);
        figure("covered_cold_percent", 100 * table(cold).covered());
    }

    private static Calibration.Table table(List<Scored> of) {
        return Calibration.of(of.stream().map(Scored::score).toList());
    }

    /// For each run, the mean squared error less that of the prior.
    private double[] differences(List<Scored> of) {
        double[] sums = new double[runs];
        int[] counts = new int[runs];
        for (Scored each : of) {
            Calibration.Score score = each.score();
            double came = score.failed() > 0 ? 1 : 0;
            double ours = score.probability() - came;
            double flat = score.flat() - came;
            sums[each.run()] += ours * ours - flat * flat;
            counts[each.run()]++;
        }
        for (int run = 0; run < runs; run++) {
            sums[run] /= Math.max(1, counts[run]);
        }
        return sums;
    }

    private static double mean(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        return mean;
    }

    private static double[] interval(double[] values) {
        double mean = mean(values);
        double square = 0;
        for (double value : values) {
            square += (value - mean) * (value - mean) / (values.length - 1);
        }
        double half =
                TDistribution.of(values.length - 1.0).inverseCumulativeProbability(0.975)
                        * Math.sqrt(square / values.length);
        return new double[] {mean - half, mean + half};
    }

    private static void figure(String name, double value) {
        print("FIGURE %s %.6f", name, value);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
