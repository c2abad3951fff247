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

    /// Hosts that count, and failures among them.
    record Seen(double hosts, double failures) {
        static final Seen NOTHING = new Seen(0, 0);

        /// The mean, shrunk towards `prior` as if that came from `weight` hosts.
        double mean(double prior, double weight) {
            return (failures + weight * prior) / (hosts + weight);
        }
    }

    /// What is known of one patch on one configuration: other versions of the class, of the package
    /// and of the package on this configuration, and this version itself anywhere.
    record Known(Seen ofClass, Seen ofPackage, Seen ofConfiguration, Seen version) {
        static final Known NOTHING = new Known(Seen.NOTHING, Seen.NOTHING, Seen.NOTHING, Seen.NOTHING);
    }

    /// The law of the share of hosts that the patch breaks.
    record Law(double alpha, double beta) {
        double mean() {
            return alpha / (alpha + beta);
        }
    }

    Known of(String patch, PatchClass kind, String source, String configuration) {
        Predicate<Evidence> other = each -> !each.patch().equals(patch);
        return new Known(
                seen(other.and(each -> each.kind() == kind)),
                seen(other.and(each -> each.source().equals(source))),
                seen(
                        other.and(each -> each.source().equals(source))
                                .and(each -> each.configuration().equals(configuration))),
                version(patch));
    }

    /// Each version counts once, however many hosts it was on, and the less the older it is.
    private Seen seen(Predicate<Evidence> which) {
        Map<String, double[]> versions = new TreeMap<>();
        Map<String, Instant> last = new TreeMap<>();
        for (Evidence each : evidence) {
            if (which.test(each)) {
                double[] sum = versions.computeIfAbsent(each.patch(), _ -> new double[2]);
                sum[0] += each.trials();
                sum[1] += each.failures();
                last.merge(each.patch(), each.last(), (a, b) -> a.isAfter(b) ? a : b);
            }
        }
        double hosts = 0;
        double failures = 0;
        for (Map.Entry<String, double[]> version : versions.entrySet()) {
            double trials = version.getValue()[0];
            if (trials > 0) {
                long days = Duration.between(last.get(version.getKey()), now).toDays();
                double counts = model.remembered(days) * model.effective(trials);
                hosts += counts;
                failures += counts * version.getValue()[1] / trials;
            }
        }
        return new Seen(hosts, failures);
    }

    /// Of the version itself every host counts, whatever it runs: what this version does to one
    /// says directly what it does to the next.
    private Seen version(String patch) {
        double hosts = 0;
        double failures = 0;
        for (Evidence each : evidence) {
            if (each.patch().equals(patch)) {
                hosts += each.trials();
                failures += each.failures();
            }
        }
        return new Seen(hosts, failures);
    }

    static Law law(Model model, Known known) {
        double ofClass = known.ofClass().mean(model.prior(), model.ofClass());
        double ofPackage = known.ofPackage().mean(ofClass, model.ofPackage());
        double here = known.ofConfiguration().mean(ofPackage, model.ofConfiguration());
        return new Law(
                here * model.spread() + known.version().failures(),
                (1 - here) * model.spread()
                        + Math.max(0, known.version().hosts() - known.version().failures()));
    }
}
