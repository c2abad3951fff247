package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How the scores of an EPSS feed moved with an import: whether its model was swapped, and, only if
/// it was not, which vulnerabilities became much likelier to be exploited.
///
/// @param note a sentence where the model was swapped or all scores moved; empty otherwise
/// @param risen entered the top twentieth with at least twice the score; empty after a swap
record ScoreShift(String note, List<String> risen) {
    static final ScoreShift NONE = new ScoreShift("", List.of());

    private static final double TOP = 0.95;
    private static final int TOLD = 1_000;

    ScoreShift {
        risen = List.copyOf(risen);
    }

    /// Keeps what the feed says until the import has written what it says now; until the
    /// transaction ends.
    static void keep(Database database, String feed) {
        database.sql(
                        """
                        create temporary table scores_before
                            (cve text primary key, score float8, percentile float8)
                        on commit drop
                        """)
                .update();
        database.sql(
                        """
                        insert into scores_before
                        select cve, score, percentile from advisory.epss where feed = :feed
                        """)
                .param("feed", feed)
                .update();
    }

    /// Compares with what was kept: the known exploited ones where enough of them are scored, since
    /// there a swap shows most; else all that both have.
    static ScoreShift since(Database database, String feed, String modelBefore, String model) {
        List<double[]> pairs = common(database, feed, true);
        if (pairs.size() < DriftGuard.FEWEST) {
            pairs = common(database, feed, false);
        }
        double[] before = pairs.stream().mapToDouble(pair -> pair[0]).toArray();
        double[] after = pairs.stream().mapToDouble(pair -> pair[1]).toArray();
        Optional<Double> psi = DriftGuard.psi(before, after);
        boolean renamed = !modelBefore.isEmpty() && !modelBefore.equals(model);
        boolean swapped = renamed || psi.filter(value -> value > DriftGuard.SWAPPED).isPresent();
        String note = note(modelBefore, model, renamed, psi.orElse(null), pairs.size());
        return new ScoreShift(note, swapped ? List.of() : risen(database, feed));
    }

    private static String note(
            String modelBefore, String model, boolean renamed, @Nullable Double psi, int common) {
        String measured =
                psi == null
                        ? "too few common scores to measure"
                        : String.format(
                                Locale.ROOT,
                                "PSI %.2f on %d vulnerabilities that both score",
                                psi,
                                common);
        if (renamed) {
            return ("The model was changed from %s to %s (%s): scores from before and after do not"
                            + " compare, and that they moved is no news.")
                    .formatted(modelBefore, model.isEmpty() ? "unknown" : model, measured);
        }
        if (psi != null && psi > DriftGuard.SWAPPED) {
            return ("All scores moved as they do when the model is changed (%s), though the model"
                            + " is not said to have changed: that they moved is no news.")
                    .formatted(measured);
        }
        return psi != null && psi > DriftGuard.MOVED
                ? "Scores moved more than usual (%s).".formatted(measured)
                : "";
    }

    private static List<double[]> common(Database database, String feed, boolean exploited) {
        List<double[]> pairs = new ArrayList<>();
        database.sql(
                        """
                        select b.score as before, e.score as after
                        from scores_before b
                        join advisory.epss e on e.cve = b.cve and e.feed = :feed
                        where not :exploited
                           or exists (select from advisory.exploited x where x.cve = b.cve)
                        """)
                .param("feed", feed)
                .param("exploited", exploited)
                .query(
                        row -> {
                            pairs.add(
                                    new double[] {row.getDouble("before"), row.getDouble("after")});
                        });
        return pairs;
    }

    private static List<String> risen(Database database, String feed) {
        try (Stream<String> found =
                database
                        .sql(
                                """
                                select e.cve
                                from scores_before b
                                join advisory.epss e on e.cve = b.cve and e.feed = :feed
                                where b.percentile < :top and e.percentile >= :top
                                  and e.score >= 2 * b.score
                                order by e.score desc, e.cve
                                limit :told
                                """)
                        .param("feed", feed)
                        .param("top", TOP)
                        .param("told", TOLD)
                        .query(String.class)
                        .stream()) {
            return found.toList();
        }
    }
}
