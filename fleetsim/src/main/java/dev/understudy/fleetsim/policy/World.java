package dev.understudy.fleetsim.policy;

import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.LagCurve;
import dev.understudy.fleetsim.Notices;
import dev.understudy.fleetsim.Notices.Notice;
import dev.understudy.rollout.gate.Fingerprint;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/// A fleet and what happens to it, whoever patches it and however: which versions are published
/// when, which host each breaks, after which delay, and whether its twin shows it. The same seed
/// gives the same world, so that ways of patching differ in nothing else.
final class World {
    /// What a draw decides; each has a stream of its own.
    enum Draw {
        BREAKS(1),
        DELAY(2),
        TWIN(3),
        CHANCE(4),
        CHANCE_ON_TWIN(5),
        PHASE(6),
        CULPRIT(7);

        private final long salt;

        Draw(long salt) {
            this.salt = salt;
        }
    }

    private static final int HOSTS_A_KIND = 20;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private final Assumptions assumptions;
    private final long seed;
    private final LagCurve lag;
    private final int[] kinds;
    private final List<Fingerprint> prints;
    private final List<Version> versions;
    private final int families;

    World(
            Assumptions assumptions,
            long seed,
            LagCurve lag,
            int[] kinds,
            List<Fingerprint> prints,
            List<Version> versions,
            int families) {
        this.assumptions = assumptions;
        this.seed = seed;
        this.lag = lag;
        this.kinds = kinds;
        this.prints = prints;
        this.versions = versions;
        this.families = families;
    }

    /// What worlds are made of.
    ///
    /// @param images of the release that the notices are about
    record Sources(Images images, Notices notices, LagCurve lag) {}

    static World of(Sources sources, Assumptions assumptions, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int shapes = Math.max(4, assumptions.hosts() / HOSTS_A_KIND);
        Fleet fleet = Fleet.of(sources.images(), assumptions.hosts(), shapes, seed);
        int[] kinds = new int[assumptions.hosts()];
        int[] next = {0};
        fleet.eachHost(shape -> kinds[next[0]++] = shape);
        List<Set<String>> names = new ArrayList<>();
        List<Fingerprint> prints = new ArrayList<>();
        for (Fleet.Shape shape : fleet.shapes()) {
            Set<String> installed = new HashSet<>();
            List<String> features = new ArrayList<>();
            shape.packages()
                    .forEach(
                            each -> {
                                installed.add(each.name());
                                features.add(each.name() + " " + each.version());
                            });
            names.add(installed);
            prints.add(Fingerprint.of(features));
        }
        Publish publish = new Publish(sources, assumptions, names, random);
        publish.all();
        return new World(
                assumptions,
                seed,
                sources.lag(),
                kinds,
                prints,
                List.copyOf(publish.versions),
                publish.families);
    }

    /// Takes the instants from a random window of the history, so that notices come as bunched as
    /// they do, and what each of them is about from any notice of it, so that worlds are
    /// independent of each other.
    private static final class Publish {
        private final Sources sources;
        private final Assumptions assumptions;
        private final List<Set<String>> names;
        private final RandomGenerator random;
        private final double meanHazard;
        private final List<Version> versions = new ArrayList<>();
        private int families;

        Publish(
                Sources sources,
                Assumptions assumptions,
                List<Set<String>> names,
                RandomGenerator random) {
            this.sources = sources;
            this.assumptions = assumptions;
            this.names = names;
            this.random = random;
            this.meanHazard =
                    sources.notices().all().stream()
                            .mapToDouble(Publish::hazard)
                            .average()
                            .orElseThrow();
        }

        private static double hazard(Notice notice) {
            return -Math.log(1 - notice.exploited());
        }

        void all() {
            List<Notice> history = sources.notices().all();
            long span =
                    ChronoUnit.DAYS.between(
                            history.getFirst().date(), history.getLast().date().plusDays(1));
            long from = random.nextLong(Math.max(1, span - assumptions.days()));
            for (Notice each : history) {
                long day = ChronoUnit.DAYS.between(history.getFirst().date(), each.date()) - from;
                if (day >= 0 && day < assumptions.days()) {
                    publish(
                            history.get(random.nextInt(history.size())),
                            24 * (day + random.nextDouble()));
                }
            }
        }

        private void publish(Notice notice, double at) {
            BitSet needed = new BitSet();
            for (int kind = 0; kind < names.size(); kind++) {
                Set<String> installed = names.get(kind);
                needed.set(kind, notice.packages().stream().anyMatch(installed::contains));
            }
            boolean bad = notice.regressed() && random.nextDouble() < assumptions.regressions();
            List<Float> broken = broken();
            boolean atOnce = random.nextDouble() < assumptions.atOnce();
            boolean visible = atOnce && random.nextDouble() < assumptions.visible();
            double drawn = sources.lag().draw(random);
            int family = families++;
            double hazard = hazard(notice) / meanHazard;
            versions.add(
                    new Version(
                            versions.size(),
                            family,
                            at,
                            needed,
                            bad ? broken : List.of(),
                            atOnce,
                            visible,
                            hazard,
                            notice.exploitation()));
            if (bad) {
                double days = notice.repairedAfter() < 0 ? drawn : notice.repairedAfter() + 0.5;
                versions.add(
                        new Version(
                                versions.size(),
                                family,
                                at + 24 * days,
                                needed,
                                List.of(),
                                true,
                                false,
                                hazard,
                                notice.exploitation()));
            }
        }

        private List<Float> broken() {
            double share =
                    assumptions.leastBroken()
                            * Math.pow(
                                    assumptions.mostBroken() / assumptions.leastBroken(),
                                    random.nextDouble());
            List<Float> broken = new ArrayList<>();
            UniformRandomProvider source = random::nextLong;
            boolean alike = assumptions.rho() > 0 && share < 1;
            double scale = alike ? 1 / assumptions.rho() - 1 : 1;
            var law =
                    BetaDistribution.of(
                                    Math.max(1e-9, share * scale),
                                    Math.max(1e-9, (1 - share) * scale))
                            .createSampler(source);
            for (int kind = 0; kind < names.size(); kind++) {
                double drawn = law.sample();
                broken.add((float) (alike ? drawn : share));
            }
            return broken;
        }
    }

    Assumptions assumptions() {
        return assumptions;
    }

    int hosts() {
        return kinds.length;
    }

    int families() {
        return families;
    }

    List<Version> versions() {
        return versions;
    }

    /// Hours.
    double horizon() {
        return 24.0 * assumptions.days();
    }

    Fingerprint runs(int host) {
        return prints.get(kinds[host]);
    }

    boolean needs(int host, Version version) {
        return version.kinds().get(kinds[host]);
    }

    /// Whether the version breaks the host.
    boolean breaks(Version version, int host) {
        return bad(version, host) || byChance(version, host);
    }

    private boolean bad(Version version, int host) {
        return version.bad()
                && draw(Draw.BREAKS, version.number(), host) < version.broken().get(kinds[host]);
    }

    private boolean byChance(Version version, int host) {
        return draw(Draw.CHANCE, version.number(), host) < assumptions.chance();
    }

    /// Hours until that shows.
    double delay(Version version, int host) {
        if (version.atOnce() || !bad(version, host)) {
            return 0;
        }
        double uniform = draw(Draw.DELAY, version.number(), host);
        return 24 * lag.days(NORMAL.inverseCumulativeProbability(uniform));
    }

    /// Whether the host's twin shows that the version would break the host.
    boolean failsOnTwin(Version version, int host) {
        if (version.visible() && bad(version, host)) {
            return draw(Draw.TWIN, version.number(), host) < assumptions.twin();
        }
        return byChance(version, host)
                && draw(Draw.CHANCE_ON_TWIN, version.number(), host)
                        < assumptions.visible() * assumptions.twin();
    }

    /// A number from 0 to 1 that depends on nothing but these and the seed.
    double draw(Draw what, int version, int host) {
        long mixed = mix(seed ^ mix(what.salt));
        mixed = mix(mixed ^ mix(0x10000L + version));
        mixed = mix(mixed ^ mix(0x2000000L + host));
        return ((mixed >>> 11) + 0.5) * 0x1.0p-53;
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood, 2014).
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
