package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.distribution.LogNormalDistribution;

/// How long after its release a bad patch is noticed: a lognormal law fitted, by least distance of
/// the logarithms, to the days between Debian's bad advisories and their regression updates.
public record LagCurve(double mu, double sigma, int pairs) {
    /// Notices later than this are about something else than the patch.
    private static final int LONGEST = 90;

    /// @param data the folder of the shared real data
    public static LagCurve read(Path data) throws IOException {
        List<Double> logs = new ArrayList<>();
        Csv.read(
                data.resolve("regressions/patch_regressions.csv"),
                row -> {
                    if (row.get("distro").equals("Debian")
                            && row.get("advisory").startsWith("DSA")
                            && !row.get("days_to_regression").isEmpty()) {
                        double days = Double.parseDouble(row.get("days_to_regression"));
                        if (days >= 0 && days <= LONGEST) {
                            logs.add(Math.log(days + 0.5));
                        }
                    }
                });
        double mean = logs.stream().mapToDouble(x -> x).average().orElseThrow();
        double square =
                logs.stream().mapToDouble(x -> (x - mean) * (x - mean)).average().orElseThrow();
        return new LagCurve(mean, Math.sqrt(square), logs.size());
    }

    /// The share of failures that show within so many days.
    public double within(double days) {
        return LogNormalDistribution.of(mu, sigma).cumulativeProbability(days);
    }

    /// A delay, days.
    public double draw(RandomGenerator random) {
        return days(random.nextGaussian());
    }

    /// The delay at `deviate` standard deviations of its logarithm, days.
    public double days(double deviate) {
        return Math.exp(mu + sigma * deviate);
    }
}
