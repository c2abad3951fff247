package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.dsa.DsaFormat;
import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.metasploit.MetasploitFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What an import tells the rest of the system, and what it does not.
class FeedNewsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final int SCORED = 2_000;
    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final Feeds feeds =
            TestFeeds.on(
                    database,
                    clock,
                    new KevFormat(),
                    new EpssFormat(),
                    new DsaFormat(),
                    new MetasploitFormat());
    @TempDir Path folder = Path.of("");

    @BeforeEach
    void startWithoutFeeds() {
        database.sql(
                        """
                        truncate advisory.feeds, advisory.imports, advisory.advisories,
                                 advisory.fixed_versions, advisory.exploited, advisory.exploits,
                                 advisory.epss
                        """)
                .update();
        database.sql("delete from platform.outbox").update();
    }

    @Test
    void theFirstCatalogueIsNoNewsAndALaterAdditionIs() throws IOException {
        take("kev", write("a.json", catalogue("CVE-2026-1001", "CVE-2026-1002")));
        assertThat(told("advisory.ExploitationListed")).isEmpty();
        FeedImport second =
                take(
                        "kev",
                        write(
                                "b.json",
                                catalogue("CVE-2026-1001", "CVE-2026-1002", "CVE-2026-1003")));
        assertThat(told("advisory.ExploitationListed"))
                .singleElement()
                .asString()
                .contains("CVE-2026-1003")
                .doesNotContain("CVE-2026-1001");
        assertThat(second.status().note()).isEqualTo("New: CVE-2026-1003.");
        assertThat(told("advisory.FactsChanged")).hasSize(2);
    }

    @Test
    void aDayOfOrdinaryScoresIsNewsOnlyWhereOneRoseIntoTheTop() throws IOException {
        take("epss", write("a.csv", scores("2026-11-20", "v5", i -> i / 40_000.0)));
        FeedImport next =
                take(
                        "epss",
                        write(
                                "b.csv",
                                scores("2026-11-21", "v5", i -> i == 7 ? 0.9 : i / 40_000.0)));
        assertThat(told("advisory.LikelihoodRose"))
                .singleElement()
                .asString()
                .contains("CVE-2026-10007");
        assertThat(next.status().note()).isEmpty();
    }

    @Test
    void aNewModelIsRecognisedByItsNameAndNoScoreOfItIsNews() throws IOException {
        take("epss", write("a.csv", scores("2026-06-14", "v4", i -> i / 40_000.0)));
        FeedImport swap =
                take(
                        "epss",
                        write(
                                "b.csv",
                                scores("2026-06-15", "v5", i -> i % 7 == 0 ? 0.9 : i / 4_000.0)));
        assertThat(swap.outcome()).isEqualTo(FeedImport.Outcome.IMPORTED);
        assertThat(told("advisory.LikelihoodRose")).isEmpty();
        assertThat(swap.status().note())
                .startsWith("The model was changed from v4 to v5 (PSI ")
                .endsWith("that they moved is no news.");
        assertThat(swap.status().model()).isEqualTo("v5");
    }

    @Test
    void aNewModelThatKeepsTheOldNameIsRecognisedByItsScores() throws IOException {
        take("epss", write("a.csv", scores("2026-06-14", "v4", i -> i / 40_000.0)));
        FeedImport swap =
                take("epss", write("b.csv", scores("2026-06-15", "v4", i -> i / 4_000.0)));
        assertThat(told("advisory.LikelihoodRose")).isEmpty();
        assertThat(swap.status().note())
                .startsWith("All scores moved as they do when the model is changed (PSI ");
    }

    @Test
    void theNoteOfASwapStaysWithTheFeedAndTheNextDayIsOrdinary() throws IOException {
        take("epss", write("a.csv", scores("2026-06-14", "v4", i -> i / 40_000.0)));
        take("epss", write("b.csv", scores("2026-06-15", "v5", i -> i / 4_000.0)));
        FeedImport next =
                take(
                        "epss",
                        write(
                                "c.csv",
                                scores("2026-06-16", "v5", i -> i == 3 ? 0.9 : i / 4_000.0)));
        assertThat(told("advisory.LikelihoodRose")).hasSize(1);
        assertThat(next.status().note()).contains("from v4 to v5");
    }

    /// Two published files on the two sides of the change from v3 to v4, and the real catalogue.
    @Test
    void recognisesTheRealChangeOfModelAndNothingBetweenTwoFilesOfOneModel() {
        take("kev", Collected.shared("kev/known_exploited_vulnerabilities.json"));
        take("epss", Collected.shared("epss/snapshots/epss_2024-07-07.csv.gz"));
        FeedImport same = take("epss", Collected.shared("epss/snapshots/epss_2025-01-05.csv.gz"));
        // Half a year apart, so more than from day to day, and far from a swap.
        assertThat(same.status().note()).startsWith("Scores moved more than usual (PSI 0.1");
        FeedImport swap = take("epss", Collected.shared("epss/snapshots/epss_2025-10-05.csv.gz"));
        assertThat(swap.status().note()).startsWith("All scores moved as they do");
        assertThat(told("advisory.LikelihoodRose")).hasSize(1);
    }

    @Test
    void aVendorsRegressionNoticeIsToldOnceWithWhatItRepairs() throws IOException {
        String valid = Files.readString(Collected.testdata("dsa/valid.list"));
        take("dsa", write("a.list", valid.substring(valid.indexOf("[19 Nov"))));
        assertThat(told("advisory.RegressionNoticed")).isEmpty();
        take("dsa", write("b.list", valid));
        assertThat(told("advisory.RegressionNoticed"))
                .singleElement()
                .asString()
                .contains("DSA-6000-2", "DSA-6000-1", "nginx");
        assertThat(new Advisories(database).find("DSA-6000-1").getFirst().followedBy())
                .containsExactly("DSA-6000-2");
        take("dsa", write("c.list", valid + "\n"));
        assertThat(told("advisory.RegressionNoticed")).hasSize(1);
    }

    @Test
    void datesAnExploitThatItsSourceDoesNotDateByWhenItFirstCame() throws IOException {
        String valid = Files.readString(Collected.testdata("metasploit/valid.json"));
        take("metasploit", write("a.json", valid));
        assertThat(exploit("CVE-2026-30001"))
                .isEqualTo(new CveFacts.Exploit(Maturity.WEAPONISED, null, 1));
        String more =
                valid.replaceFirst(
                        "\\{",
                        "{\"exploit_new\":{\"fullname\":\"exploit/new\",\"type\":\"exploit\","
                                + "\"references\":[\"CVE-2026-30009\"],"
                                + "\"mod_time\":\"2026-11-23 10:00:00 +0000\"},");
        take("metasploit", write("b.json", more));
        clock.pass(Duration.ofDays(3));
        take("metasploit", write("c.json", more + "\n"));
        assertThat(exploit("CVE-2026-30009"))
                .isEqualTo(
                        new CveFacts.Exploit(
                                Maturity.WEAPONISED, LocalDate.parse("2026-11-23"), 1));
        assertThat(exploit("CVE-2026-30001").firstSeen()).isNull();
    }

    private CveFacts.Exploit exploit(String cve) {
        CveFacts.Exploit found =
                new VulnerabilityFacts(database)
                        .of(Set.of(cve))
                        .getOrDefault(cve, CveFacts.unknown(cve))
                        .exploit();
        if (found == null) {
            throw new AssertionError("no exploit of " + cve);
        }
        return found;
    }

    private List<String> told(String event) {
        return database.sql(
                        "select body::text from platform.outbox where event = :event order by id")
                .param("event", event)
                .query(String.class)
                .list();
    }

    private FeedImport take(String feed, Path file) {
        FeedImport result = feeds.importFrom(feed, file.toUri(), "token:test");
        assertThat(result.outcome()).as(result.sentence()).isEqualTo(FeedImport.Outcome.IMPORTED);
        return result;
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
    }

    private static String catalogue(String... cves) {
        StringBuilder entries = new StringBuilder();
        for (String cve : cves) {
            entries.append(entries.isEmpty() ? "" : ",")
                    .append("{\"cveID\":\"%s\",\"dateAdded\":\"2026-11-20\"}".formatted(cve));
        }
        return "{\"catalogVersion\":\"1\",\"dateReleased\":\"2026-11-20T00:00:00Z\",\"count\":%d,"
                        .formatted(cves.length)
                + "\"vulnerabilities\":[%s]}".formatted(entries);
    }

    private static String scores(String day, String model, IntToDoubleFunction score) {
        double[] all = java.util.stream.IntStream.range(0, SCORED).mapToDouble(score).toArray();
        double[] sorted = all.clone();
        java.util.Arrays.sort(sorted);
        StringBuilder text =
                new StringBuilder(
                        "#model_version:%s,score_date:%sT00:00:00Z\ncve,epss,percentile\n"
                                .formatted(model, day));
        for (int i = 0; i < SCORED; i++) {
            int below = java.util.Arrays.binarySearch(sorted, all[i]);
            text.append(
                    "CVE-2026-%d,%.5f,%.5f\n"
                            .formatted(10_000 + i, all[i], (double) below / SCORED));
        }
        return text.toString();
    }
}
