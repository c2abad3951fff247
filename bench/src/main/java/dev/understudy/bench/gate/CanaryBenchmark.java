package dev.understudy.bench.gate;

import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.rollout.gate.CanaryCoverage;
import dev.understudy.rollout.gate.CanaryCoverage.Candidate;
import dev.understudy.rollout.gate.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/// `CanaryBenchmark DATA SEED FLEETS HOSTS SHAPES FAULTS CANARIES...`: how often a fault that needs
/// a certain configuration is met by canaries that are chosen for coverage, and by random ones, on
/// fleets made of real images. Prints a row a number of canaries and kind of fault, and `FIGURE
/// NAME VALUE` lines.
public final class CanaryBenchmark {
    private static final int RANDOM_CHOICES = 20;

    private final int[] hosts;
    private final List<Set<Long>> features;

    /// By shape, its package versions: what faults are made of.
    private final List<long[]> versions;

    private final Fingerprint[] prints;
    private final RandomGenerator random;

    private CanaryBenchmark(Fleet fleet, long seed) {
        this.hosts = new int[fleet.hosts()];
        int[] next = {0};
        fleet.eachHost(shape -> hosts[next[0]++] = shape);
        this.prints = new Fingerprint[fleet.shapes().size()];
        this.features = new ArrayList<>();
        this.versions = new ArrayList<>();
        for (int shape = 0; shape < prints.length; shape++) {
            prints[shape] = Fingerprint.of(features(fleet.shapes().get(shape), shape));
            versions.add(Fingerprint.of(versions(fleet.shapes().get(shape))).features().toArray());
            features.add(prints[shape].features().boxed().collect(Collectors.toSet()));
        }
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// What a fault needs to show.
    private enum Kind {
        /// A package version, every one as likely, and another that some host has beside it.
        VERSION,
        /// Two package versions of a random host.
        HOST,
        /// Exactly the package set of a random host.
        EXACT
    }

    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        int fleets = Integer.parseInt(arguments[2]);
        int hosts = Integer.parseInt(arguments[3]);
        int shapes = Integer.parseInt(arguments[4]);
        int faults = Integer.parseInt(arguments[5]);
        Images images = Images.read(data, SourceNames.read(data));
        print(
                "Seed %d, %d fleets of %,d hosts with %,d package sets.",
                seed, fleets, hosts, shapes);
        List<CanaryBenchmark> all = new ArrayList<>();
        for (int i = 0; i < fleets; i++) {
            all.add(new CanaryBenchmark(Fleet.of(images, hosts, shapes, seed + i), seed + i));
        }
        print(
                "%9s %-18s %9s %9s %22s",
                "canaries", "fault drawn by", "random %", "chosen %", "gain, points, 95 %");
        for (int i = 6; i < arguments.length; i++) {
            int canaries = Integer.parseInt(arguments[i]);
            for (Kind kind : Kind.values()) {
                compare(all, canaries, kind, faults);
            }
        }
    }

    private static void compare(List<CanaryBenchmark> fleets, int canaries, Kind kind, int faults) {
        double chosenSum = 0;
        double randomSum = 0;
        double[] gains = new double[fleets.size()];
        for (int f = 0; f < fleets.size(); f++) {
            double[] met = fleets.get(f).met(canaries, kind, faults);
            chosenSum += met[0];
            randomSum += met[1];
            gains[f] = met[0] - met[1];
        }
        double mean = 0;
        for (double gain : gains) {
            mean += gain / gains.length;
        }
        double square = 0;
        for (double gain : gains) {
            square += (gain - mean) * (gain - mean) / (gains.length - 1);
        }
        double half =
                org.apache.commons.statistics.distribution.TDistribution.of(gains.length - 1)
                                .inverseCumulativeProbability(0.975)
                        * Math.sqrt(square / gains.length);
        print(
                "%9d %-18s %9.1f %9.1f %8.1f [%.1f, %.1f]",
                canaries,
                kind.name().toLowerCase(Locale.ROOT),
                100 * randomSum / fleets.size(),
                100 * chosenSum / fleets.size(),
                100 * mean,
                100 * (mean - half),
                100 * (mean + half));
        String name = kind.name().toLowerCase(Locale.ROOT) + "_" + canaries;
        figure("gain_" + name, 100 * mean);
        figure("gain_least_" + name, 100 * (mean - half));
    }

    /// How often faults are met by chosen canaries and by random ones.
    private double[] met(int canaries, Kind kind, int faults) {
        List<Candidate<Integer>> candidates = new ArrayList<>();
        for (int host = 0; host < hosts.length; host++) {
            candidates.add(new Candidate<>(host, 0, prints[hosts[host]], null, false));
        }
        List<Integer> chosen = CanaryCoverage.choose(candidates, canaries);
        List<List<Integer>> drawn = new ArrayList<>();
        for (int i = 0; i < RANDOM_CHOICES; i++) {
            drawn.add(draw(canaries));
        }
        long[][] known = distinct();
        double byChoice = 0;
        double byChance = 0;
        for (int i = 0; i < faults; i++) {
            IntPredicate fault = fault(kind, known);
            byChoice += meets(chosen, fault) ? 1 : 0;
            for (List<Integer> each : drawn) {
                byChance += (meets(each, fault) ? 1.0 : 0) / drawn.size();
            }
        }
        return new double[] {byChoice / faults, byChance / faults};
    }

    private boolean meets(List<Integer> canaries, IntPredicate fault) {
        return canaries.stream().anyMatch(canary -> fault.test(hosts[canary]));
    }

    private List<Integer> draw(int canaries) {
        Set<Integer> drawn = new HashSet<>();
        while (drawn.size() < canaries) {
            drawn.add(random.nextInt(hosts.length));
        }
        return List.copyOf(drawn);
    }

    /// Every package version of the fleet once, with a shape that has it.
    private long[][] distinct() {
        Map<Long, Integer> first = new TreeMap<>();
        for (int shape : hosts) {
            for (long version : versions.get(shape)) {
                first.putIfAbsent(version, shape);
            }
        }
        return first.entrySet().stream()
                .map(each -> new long[] {each.getKey(), each.getValue()})
                .toArray(long[][]::new);
    }

    /// On which shapes a fault shows.
    private IntPredicate fault(Kind kind, long[][] known) {
        int host = hosts[random.nextInt(hosts.length)];
        return switch (kind) {
            case VERSION -> {
                long[] one = known[random.nextInt(known.length)];
                yield both(one[0], any((int) one[1]));
            }
            case HOST -> both(any(host), any(host));
            case EXACT -> shape -> shape == host;
        };
    }

    private IntPredicate both(long one, long other) {
        return shape -> features.get(shape).contains(one) && features.get(shape).contains(other);
    }

    private long any(int shape) {
        long[] all = versions.get(shape);
        return all[random.nextInt(all.length)];
    }

    /// As the server takes them, without what a package set does not tell.
    private static List<String> features(Fleet.Shape shape, int number) {
        List<String> features = new ArrayList<>(versions(shape));
        features.add(
                "release " + shape.platform().distribution() + " " + shape.platform().version());
        features.add("shape " + number);
        return features;
    }

    private static List<String> versions(Fleet.Shape shape) {
        return shape.packages().stream()
                .map(p -> p.name() + " " + p.architecture() + " " + p.version())
                .toList();
    }

    private static void figure(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %s %.3f%n", name, value);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
