package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The known changes of EPSS's model, each as large as it was measured on the known exploited
/// vulnerabilities, through a whole import. Only of v3 to v4 are scores from both sides at hand, of
/// the weeks before and after it; a change of another size is made of them: a share of the
/// vulnerabilities has its score of after it, such that the stability index is what was measured.
class EpssSwapsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final String RISING = "CVE-2025-99999";
    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final Feeds feeds = TestFeeds.on(database, clock, new KevFormat(), new EpssFormat());
    @TempDir Path folder = Path.of("");

    /// By vulnerability, in a random order: the score before and after the change from v3 to v4.
    private final Map<String, double[]> scores = new LinkedHashMap<>();

    @BeforeEach
    void startWithTheCatalogue() throws IOException {
        database.sql(
                        """
                        truncate advisory.feeds, advisory.imports, advisory.exploited,
                                 advisory.epss, advisory.fact_changes
                        """)
                .update();
        database.sql("delete from platform.outbox").update();
        Path kev = Collected.shared("kev/known_exploited_vulnerabilities.json");
        take("kev", kev, FeedImport.Outcome.IMPORTED);
        Set<String> exploited =
                Set.copyOf(
                        Fields.JSON
                                .readTree(Files.readAllBytes(kev))
                                .path("vulnerabilities")
                                .findValuesAsString("cveID"));
        Map<String, double[]> read = real(exploited);
        List<String> order = new ArrayList<>(new TreeSet<>(read.keySet()));
        Collections.shuffle(order, new Random(1));
        order.forEach(cve -> scores.put(cve, Objects.requireNonNull(read.get(cve))));
        assertThat(scores).hasSizeGreaterThan(1_000);
    }

    private static Map<String, double[]> real(Set<String> wanted) throws IOException {
        Map<String, double[]> read = new HashMap<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Files.newInputStream(
                                                Collected.shared(
                                                        "epss/epss_weekly_matrix_1e-5.csv.gz"))),
                                StandardCharsets.US_ASCII))) {
            List<String> weeks = List.of(lines.readLine().split(",", -1));
            int before = weeks.indexOf("2025-03-16");
            int after = weeks.indexOf("2025-03-23");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] row = line.split(",", -1);
                if (wanted.contains(row[0]) && !row[before].isEmpty() && !row[after].isEmpty()) {
                    read.put(
                            row[0],
                            new double[] {
                                Double.parseDouble(row[before]) / 1e5,
                                Double.parseDouble(row[after]) / 1e5
                            });
                }
            }
        }
        return read;
    }

    /// The day-to-day index of the change, and what is made of it.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "v2 to v3 on 7 Mar 2023,     1.54, swapped",
        // Measured day to day: 2.95. This is the real change from week to week.
        "v3 to v4 on 18 Mar 2025,    2.02, swapped",
        "v4 to v5 on 16 Jun 2026,    0.62, swapped",
        "the highest of other days,  0.11, moved",
        "99 of 100 days,             0.005, ordinary"
    })
    void aSwapIsToldByItsSizeEvenWithoutAName(String change, double psi, String verdict)
            throws IOException {
        double share = shareFor(psi);
        take("epss", file("2026-01-01", "same", 0, 0.01), FeedImport.Outcome.IMPORTED);
        FeedImport next =
                take("epss", file("2026-01-02", "same", share, 0.97), FeedImport.Outcome.IMPORTED);
        switch (verdict) {
            case "swapped" -> {
                assertThat(next.status().note())
                        .startsWith("All scores moved as they do when the model is changed (PSI ");
                assertThat(risen()).as("news of %s", change).isEmpty();
            }
            case "moved" -> {
                assertThat(next.status().note()).startsWith("Scores moved more than usual (PSI ");
                assertThat(risen()).singleElement().asString().contains(RISING);
            }
            default -> {
                assertThat(next.status().note()).isEmpty();
                assertThat(risen()).singleElement().asString().contains(RISING);
            }
        }
    }

    /// In June 2026 the files of the days before v5 had lost up to 70 % of their rows.
    @Test
    void theFilesThatLostTheirRowsBeforeTheLastSwapAreRefusedAndTheSwapIsNot() throws IOException {
        take("epss", file("2026-06-11", "v4", 0, 0.01), FeedImport.Outcome.IMPORTED);
        for (String day : List.of("2026-06-12", "2026-06-13", "2026-06-14", "2026-06-15")) {
            String whole = Files.readString(file(day, "v4", 0, 0.01));
            List<String> lines = whole.lines().toList();
            Path cut =
                    Files.write(
                            folder.resolve("cut-" + day), lines.subList(0, lines.size() * 3 / 10));
            FeedImport refused = take("epss", cut, FeedImport.Outcome.REFUSED);
            assertThat(refused.status().state()).isEqualTo(FeedStatus.State.QUARANTINED);
            assertThat(refused.status().sourceDate()).hasToString("2026-06-11T00:00:00Z");
            assertThat(refused.status().counts().of("epss")).isEqualTo(scores.size() + 1);
        }
        FeedImport swap =
                take(
                        "epss",
                        file("2026-06-16", "v5", shareFor(0.62), 0.97),
                        FeedImport.Outcome.IMPORTED);
        assertThat(swap.status().note()).startsWith("The model was changed from v4 to v5 (PSI 0.6");
        assertThat(swap.status().model()).isEqualTo("v5");
        assertThat(risen()).isEmpty();
    }

    /// For which share of the scores to change the index is `wanted`.
    private double shareFor(double wanted) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 20; i++) {
            double middle = (low + high) / 2;
            if (psi(middle) < wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        assertThat(psi(high)).isCloseTo(wanted, within(wanted * 0.1));
        return high;
    }

    private double psi(double share) {
        return DriftGuard.psi(changed(0), changed(share)).orElseThrow();
    }

    private double[] changed(double share) {
        double[] changed = new double[scores.size()];
        int at = 0;
        for (double[] score : scores.values()) {
            changed[at] = score[at < share * changed.length ? 1 : 0];
            at++;
        }
        return changed;
    }

    /// All scores, and one more that nothing moves but the caller.
    private Path file(String day, String model, double share, double rising) throws IOException {
        StringBuilder text =
                new StringBuilder(
                                "#model_version:%s,score_date:%sT00:00:00Z\n".formatted(model, day))
                        .append("cve,epss,percentile\n");
        double[] changed = changed(share);
        int at = 0;
        for (String cve : scores.keySet()) {
            text.append(String.format(Locale.ROOT, "%s,%.5f,0.5\n", cve, changed[at++]));
        }
        text.append(String.format(Locale.ROOT, "%s,%.5f,%.5f\n", RISING, rising, rising));
        return Files.writeString(folder.resolve(day), text);
    }

    private FeedImport take(String feed, Path file, FeedImport.Outcome expected) {
        FeedImport result = feeds.importFrom(feed, file.toUri(), "token:test");
        assertThat(result.outcome()).as(result.sentence()).isEqualTo(expected);
        return result;
    }

    private List<String> risen() {
        return database.sql(
                        """
                        select body::text from platform.outbox
                        where event = 'advisory.LikelihoodRose' order by id
                        """)
                .query(String.class)
                .list();
    }
}
