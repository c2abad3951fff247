package dev.understudy.learning;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What evidence says of a patch on a configuration: class, package, configuration, version.
final class Reliability {
    private static final Comparator<Evidence> ORDER =
            Comparator.comparing(Evidence::patch).thenComparing(Evidence::configuration);

    private final Model model;
    private final List<Evidence> evidence;
    private final Instant now;

    /// @param evidence in any order; the sums are made in one
    Reliability(Model model, List<Evidence> evidence, Instant now) {
        this.model = model;
        this.evidence = evidence.stream().sorted(ORDER).toList();
        this.now = now;
    }

    /// So many of some kind, and those among them that were bad or failed.
    record Seen(double all, double bad) {
        static final Seen NOTHING = new Seen(0, 0);

        /// The mean, shrunk towards `prior` as if that came from `weight`.
        double mean(double prior, double weight) {
            return (bad + weight * prior) / (all + weight);
        }
    }

    /// What is known of one patch on one configuration: other versions of the class, of the package
    /// and of the package on this configuration; hosts that this very version was on anywhere, and
    /// failed on; hosts of the class that good versions were on, and that failed by chance.
    record Known(Seen ofClass, Seen ofPackage, Seen ofConfiguration, Seen version, Seen byChance) {
        static final Known NOTHING =
                new Known(Seen.NOTHING, Seen.NOTHING, Seen.NOTHING, Seen.NOTHING, Seen.NOTHING);
    }

    /// What the version does to a host.
    ///
    /// @param bad the probability that it is bad
    /// @param alpha with `beta` the law of the share of hosts that it breaks if it is
    /// @param chance the share of hosts that fail whatever it is
    record Law(double bad, double alpha, double beta, double chance) {
        /// The share of hosts expected to fail.
        double mean() {
            return chance + (1 - chance) * bad * alpha / (alpha + beta);
        }
    }

    /// The hosts of one version, and when the last of them ended.
    private record Version(double hosts, double failures, Instant last) {
        Version plus(Version more) {
            return new Version(
                    hosts + more.hosts,
                    failures + more.failures,
                    last.isAfter(more.last) ? last : more.last);
        }
    }

    Known of(String patch, PatchClass kind, String source, String configuration) {
        Predicate<Evidence> other = each -> !each.patch().equals(patch);
        Predicate<Evidence> same = other.and(each -> each.source().equals(source));
        Predicate<Evidence> ofClass = other.and(each -> each.kind() == kind);
        return new Known(
                seen(ofClass),
                seen(same),
                seen(same.and(each -> each.configuration().equals(configuration))),
                version(patch),
                byChance(ofClass));
    }

    private Map<String, Version> versions(Predicate<Evidence> which) {
        Map<String, Version> versions = new TreeMap<>();
        for (Evidence each : evidence) {
            if (which.test(each) && each.trials() > 0) {
                versions.merge(
                        each.patch(),
                        new Version(each.trials(), each.failures(), each.last()),
                        Version::plus);
            }
        }
        return versions;
    }

    /// A version on few hosts says little about whether it is bad: it counts as far as it does.
    private Seen seen(Predicate<Evidence> which) {
        double all = 0;
        double bad = 0;
        for (Version version : versions(which).values()) {
            double counts = remembered(version);
            all += counts;
            bad += counts * bad(version);
        }
        return new Seen(all, bad);
    }

    private Seen byChance(Predicate<Evidence> which) {
        double hosts = 0;
        double failures = 0;
        for (Version version : versions(which).values()) {
            double counts = remembered(version) * (1 - bad(version));
            hosts += counts * version.hosts();
            failures += counts * version.failures();
        }
        return new Seen(hosts, failures);
    }

    private double remembered(Version version) {
        return model.remembered(Duration.between(version.last(), now).toDays());
    }

    private double bad(Version version) {
        return model.bad(model.prior(), version.hosts(), version.failures(), model.chance());
    }

    private Seen version(String patch) {
        Version here = versions(each -> each.patch().equals(patch)).get(patch);
        return here == null ? Seen.NOTHING : new Seen(here.hosts(), here.failures());
    }

    static Law law(Model model, Known known) {
        double ofClass = known.ofClass().mean(model.prior(), model.ofClass());
        double ofPackage = known.ofPackage().mean(ofClass, model.ofPackage());
        double here = known.ofConfiguration().mean(ofPackage, model.ofConfiguration());
        double chance = known.byChance().mean(model.chance(), model.ofChance());
        double hosts = known.version().all();
        double failures = Math.min(hosts, known.version().bad());
        return new Law(
                model.bad(here, hosts, failures, chance),
                model.alpha() + failures,
                model.beta() + hosts - failures,
                chance);
    }
}
