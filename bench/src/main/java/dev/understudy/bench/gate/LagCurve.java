package dev.understudy.bench.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.distribution.LogNormalDistribution;

/// How long after its release a bad patch is noticed: a lognormal law fitted, by least distance of
/// the logarithms, to the days between Debian's bad advisories and their regression updates.

record LagCurve(double mu, double sigma, int pairs) {
    /// Notices later than this are about something else than the patch.
    private static final int LONGEST = 90;

    static LagCurve read(Path data) throws IOException {
        List<Double> logs = new ArrayList<>();
        List<String> lines =
                Files.readAllLines(
                        data.resolve("regressions/patch_regressions.csv"), StandardCharsets.UTF_8);
        for (String line : lines.subList(1, lines.size())) {
            String[] row = line.split(",", -1);
            if (row[0].equals("Debian") && row[1].startsWith("DSA") && !row[6].isEmpty()) {
                double days = Double.parseDouble(row[6]);
                if (days >= 0 && days <= LONGEST) {
                    logs.add(Math.log(days + 0.5));
                }
            }
        }
        double mean = logs.stream().mapToDouble(x -> x).average().orElseThrow();
        double square =
                logs.stream().mapToDouble(x -> (x - mean) * (x - mean)).average().orElseThrow();
        return new LagCurve(mean, Math.sqrt(square), logs.size());
    }

    /// The share of failures that show within so many days.
    double within(double days) {
        return LogNormalDistribution.of(mu, sigma).cumulativeProbability(days);
    }

    /// A delay, days.
    double draw(RandomGenerator random) {
        return Math.exp(mu + sigma * random.nextGaussian());
    }
}
