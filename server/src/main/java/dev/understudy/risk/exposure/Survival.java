package dev.understudy.risk.exposure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How long exposures last: the Kaplan–Meier estimate of the share that is still open after a time,
/// with the 95 % interval of Greenwood's variance on the log-log scale. What has not ended by a fix
/// is censored, so that an open exposure counts for as long as it is known to last and is not taken
/// for a short one.
///
/// @param episodes how many exposures there were, `fixed` of which ended by a fix
/// @param halfLife after how long half of them are fixed; null where fewer than half are
/// @param halfLifeFrom, halfLifeTo its 95 % interval; null where the curve does not reach it
public record Survival(
        int episodes,
        int fixed,
        List<Point> curve,
        @Nullable Duration halfLife,
        @Nullable Duration halfLifeFrom,
        @Nullable Duration halfLifeTo) {
    private static final double Z = 1.959963984540054;

    public Survival {
        curve = List.copyOf(curve);
    }

    /// @param open the share that is still open at that time
    /// @param atRisk how many were known to be open until just before
    public record Point(
            Duration after, double open, double low, double high, int atRisk, int fixed) {}

    /// At most `most` points of the curve: where it has come down by another equal share, and its
    /// end.
    public List<Point> steps(int most) {
        if (curve.size() <= most) {
            return curve;
        }
        double step = (1 - curve.getLast().open()) / most;
        List<Point> steps = new ArrayList<>();
        double next = 1 - step;
        for (Point each : curve.subList(0, curve.size() - 1)) {
            if (each.open() <= next && steps.size() < most - 1) {
                steps.add(each);
                next = Math.min(next, each.open()) - step;
            }
        }
        steps.add(curve.getLast());
        return List.copyOf(steps);
    }

    /// Collects episodes; keeps two counts for each length in seconds.
    public static final class Builder {
        private final TreeMap<Long, int[]> lengths = new TreeMap<>();
        private final Instant now;
        private int episodes;

        public Builder(Instant now) {
            this.now = now;
        }

        public void add(Episode episode) {
            int[] counts =
                    lengths.computeIfAbsent(
                            Math.max(0, episode.length(now).toSeconds()), _ -> new int[2]);
            counts[episode.end() == Episode.End.FIXED ? 0 : 1]++;
            episodes++;
        }

        public Survival build() {
            List<Point> curve = new ArrayList<>();
            double open = 1;
            double variance = 0;
            int atRisk = episodes;
            int fixed = 0;
            for (var length : lengths.entrySet()) {
                int ended = length.getValue()[0];
                if (ended > 0) {
                    open *= 1 - (double) ended / atRisk;
                    variance += (double) ended / ((double) atRisk * (atRisk - ended));
                    fixed += ended;
                    curve.add(point(length.getKey(), open, variance, atRisk, ended));
                }
                atRisk -= ended + length.getValue()[1];
            }
            return new Survival(
                    episodes,
                    fixed,
                    curve,
                    first(curve, Point::open),
                    first(curve, Point::low),
                    first(curve, Point::high));
        }

        /// Where everything is fixed the variance has no bound to give, and the interval is the
        /// point.
        private static Point point(
                long seconds, double open, double variance, int atRisk, int ended) {
            Duration after = Duration.ofSeconds(seconds);
            if (open <= 0) {
                return new Point(after, 0, 0, 0, atRisk, ended);
            }
            double spread = Z * Math.sqrt(variance) / Math.log(open);
            return new Point(
                    after,
                    open,
                    Math.pow(open, Math.exp(-spread)),
                    Math.pow(open, Math.exp(spread)),
                    atRisk,
                    ended);
        }

        private static @Nullable Duration first(
                List<Point> curve, java.util.function.ToDoubleFunction<Point> value) {
            return curve.stream()
                    .filter(point -> value.applyAsDouble(point) <= 0.5)
                    .map(Point::after)
                    .findFirst()
                    .orElse(null);
        }
    }
}
