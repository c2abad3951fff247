package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DriftGuardTest {

    @Test
    void isZeroForTheSameScoresAndSmallForTheNoiseOfADay() {
        Random random = new Random(7);
        double[] before = random.doubles(1_000).map(x -> x * x).toArray();
        double[] after = before.clone();
        for (int i = 0; i < after.length; i += 20) {
            after[i] = Math.min(1, after[i] * 1.05);
        }
        assertThat(DriftGuard.psi(before, before)).hasValue(0.0);
        assertThat(DriftGuard.psi(before, after).orElseThrow()).isLessThan(0.05);
    }

    /// Ten equal bins of 0.1 each against 0.19, 0.01 and eight of 0.1: by hand 0.09·ln 1.9 +
    /// 0.09·ln 10.
    @Test
    void agreesWithTheFormulaByHand() {
        double[] before = new double[100];
        double[] after = new double[100];
        for (int i = 0; i < 100; i++) {
            before[i] = i;
            after[i] = i >= 10 && i < 19 ? 0 : i;
        }
        assertThat(DriftGuard.psi(before, after).orElseThrow())
                .isCloseTo(0.09 * Math.log(1.9) + 0.09 * Math.log(10), Offset.offset(1e-9));
    }

    @Test
    void saysNothingOfTooFew() {
        assertThat(DriftGuard.psi(new double[49], new double[49])).isEmpty();
    }

    /// The published scores of the known exploited vulnerabilities, week by week: the one change of
    /// model in them (v3 to v4, 18 March 2025) is found, and nothing else is taken for one.
    @Test
    void findsTheChangeOfModelInTwoYearsOfRealScoresAndNoOther() throws IOException {
        Path matrix = Collected.shared("epss/epss_weekly_matrix_1e-5.csv.gz");
        Set<String> exploited =
                new HashSet<>(
                        Fields.JSON
                                .readTree(
                                        Files.readAllBytes(
                                                Collected.shared(
                                                        "kev/known_exploited_vulnerabilities.json")))
                                .path("vulnerabilities")
                                .findValuesAsString("cveID"));
        List<String[]> rows = new ArrayList<>();
        String[] weeks;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(matrix)),
                                StandardCharsets.US_ASCII))) {
            weeks = lines.readLine().split(",", -1);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (exploited.contains(line.substring(0, line.indexOf(',')))) {
                    rows.add(line.split(",", -1));
                }
            }
        }
        List<String> swaps = new ArrayList<>();
        double highestElse = 0;
        for (int week = 2; week < weeks.length; week++) {
            int at = week;
            List<String[]> both =
                    rows.stream()
                            .filter(row -> !row[at].isEmpty() && !row[at - 1].isEmpty())
                            .toList();
            double psi = DriftGuard.psi(column(both, at - 1), column(both, at)).orElseThrow();
            if (psi > DriftGuard.SWAPPED) {
                swaps.add(weeks[at - 1] + " to " + weeks[at]);
            } else {
                highestElse = Math.max(highestElse, psi);
            }
        }
        assertThat(swaps).containsExactly("2025-03-16 to 2025-03-23");
        assertThat(weeks.length - 2).isGreaterThan(95);
        assertThat(highestElse).isLessThan(DriftGuard.MOVED);
    }

    private static double[] column(List<String[]> rows, int at) {
        return rows.stream().mapToDouble(row -> Double.parseDouble(row[at])).toArray();
    }
}
