package dev.understudy.learning;

import dev.understudy.platform.Database;
import java.util.ArrayList;
import java.util.List;

/// How far forecasts were right.
public final class Calibration {
    private static final double[] EDGES = {0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1};

    private final Database database;

    Calibration(Database database) {
        this.database = database;
    }

    /// A forecast and what came of it, for the hosts that were judged.
    ///
    /// @param probability that any host fails, as forecast, and `flat` by the prior alone
    record Score(int judged, int failed, double probability, double flat, int low, int high) {
        private double came() {
            return failed > 0 ? 1 : 0;
        }
    }

    /// All forecasts that could be scored.
    ///
    /// @param brier mean squared error of the probability that any host fails; less is better
    /// @param flatBrier the same for the prior alone
    /// @param covered the share of rollouts in which the failed hosts were within their interval,
    ///   which is meant to be 0.9 or, as hosts are whole, more
    /// @param bins forecasts by their probability
    public record Table(
            int rollouts, double brier, double flatBrier, double covered, List<Bin> bins) {
        public Table {
            bins = List.copyOf(bins);
        }

        /// Whether the forecasts are better than the prior alone; of no forecasts they are not.
        public boolean better() {
            return rollouts > 0 && brier < flatBrier;
        }
    }

    /// @param forecast the mean probability of these rollouts that any host fails
    /// @param came in which share of them one did
    public record Bin(double from, double to, int rollouts, double forecast, double came) {}

    /// The newest `limit` scores.
    public Table table(int limit) {
        return of(
                database.sql(
                                """
                                select judged, failed, probability, flat, low, high
                                from learning.scores
                                where judged > 0
                                order by at desc, rollout
                                limit :limit
                                """)
                        .param("limit", limit)
                        .query(
                                (row, _) ->
                                        new Score(
                                                row.getInt("judged"),
                                                row.getInt("failed"),
                                                row.getDouble("probability"),
                                                row.getDouble("flat"),
                                                row.getInt("low"),
                                                row.getInt("high")))
                        .list());
    }

    static Table of(List<Score> scores) {
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i + 1 < EDGES.length; i++) {
            double from = EDGES[i];
            double to = EDGES[i + 1];
            List<Score> in =
                    scores.stream()
                            .filter(each -> each.probability() >= from)
                            .filter(each -> each.probability() < to || to == 1)
                            .toList();
            bins.add(
                    new Bin(
                            from,
                            to,
                            in.size(),
                            in.stream().mapToDouble(Score::probability).average().orElse(0),
                            in.stream().mapToDouble(Score::came).average().orElse(0)));
        }
        return new Table(
                scores.size(),
                scores.stream()
                        .mapToDouble(s -> square(s.probability() - s.came()))
                        .average()
                        .orElse(0),
                scores.stream().mapToDouble(s -> square(s.flat() - s.came())).average().orElse(0),
                scores.stream()
                        .mapToDouble(s -> s.failed() >= s.low() && s.failed() <= s.high() ? 1 : 0)
                        .average()
                        .orElse(0),
                bins);
    }

    private static double square(double x) {
        return x * x;
    }
}
