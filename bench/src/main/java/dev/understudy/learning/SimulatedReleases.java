package dev.understudy.learning;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Packages that differ in how often a version of them breaks something, and their rollouts, month
/// by month. Not the model's own law: a version is good or bad, and a bad one breaks a share of
/// hosts that differs between configurations.
final class SimulatedReleases {
    static final List<String> CONFIGURATIONS =
            List.of("bookworm web", "bookworm db", "bookworm ci");
    private static final int[] HOSTS = {40, 150, 400};
    private static final double RELEASED = 0.4;

    /// Of a version that is good, hosts that fail all the same.
    private static final double CHANCE = 0.0002;

    private final RandomGenerator random;
    private final List<Source> sources = new ArrayList<>();
    private int versions;

    /// @param bad how often a version of it is bad
    private record Source(String name, PatchClass kind, double bad) {}

    /// One version on its way to one configuration.
    ///
    /// @param share of hosts that it breaks there
    record Release(String patch, String source, PatchClass kind, int configuration, double share) {
        String on() {
            return CONFIGURATIONS.get(configuration);
        }

        int hosts() {
            return HOSTS[configuration];
        }
    }

    /// Classes differ, and packages within them do by a factor of up to 10 either way; on average 4
    /// of 100 versions are bad (AI-EVIDENCE.md §2: 2 to 5).
    SimulatedReleases(int packages, RandomGenerator random) {
        this.random = random;
        List<PatchClass> classes = List.of(PatchClass.values());
        double[] ofClass = {0.06, 0.03, 0.05, 0.02, 0.04};
        for (int i = 0; i < packages; i++) {
            int which = i % classes.size();
            PatchClass kind = classes.get(which);
            double factor = Math.pow(10, 2 * random.nextDouble() - 1) / 2.15;
            sources.add(new Source("package-" + i, kind, Math.min(0.9, ofClass[which] * factor)));
        }
    }

    /// What is released in a month, each version to one configuration after the other.
    List<Release> month() {
        List<Release> month = new ArrayList<>();
        for (Source source : sources) {
            if (random.nextDouble() < RELEASED) {
                boolean bad = random.nextDouble() < source.bad();
                double share = bad ? Math.pow(100, random.nextDouble() - 1) : 0;
                String patch = "bookworm/" + source.name() + "/" + ++versions;
                for (int configuration = 0; configuration < HOSTS.length; configuration++) {
                    double here = Math.min(1, share * 2 * random.nextDouble());
                    month.add(
                            new Release(
                                    patch,
                                    source.name(),
                                    source.kind(),
                                    configuration,
                                    Math.max(CHANCE, here)));
                }
            }
        }
        return month;
    }

    /// What a rollout of it shows: canary, then quarters, halted by the first wave with a failure.
    record Shown(int judged, int failed) {}

    Shown roll(Release release) {
        int judged = 0;
        int failed = 0;
        int wave = 5;
        while (judged < release.hosts() && failed == 0) {
            int next = Math.min(wave, release.hosts() - judged);
            for (int i = 0; i < next; i++) {
                failed += random.nextDouble() < release.share() ? 1 : 0;
            }
            judged += next;
            wave = Math.ceilDiv(release.hosts(), 4);
        }
        return new Shown(judged, failed);
    }
}
