package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.advisory.vulnrichment.VulnrichmentFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FeedsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final Feeds feeds =
            TestFeeds.on(
                    database,
                    clock,
                    new KevFormat(),
                    new EpssFormat(),
                    new DebianFormat(),
                    new OsvFormat(),
                    new VulnrichmentFormat());
    @TempDir Path folder = Path.of("");

    @BeforeEach
    void startWithoutFeeds() {
        database.sql(
                        """
                        truncate advisory.feeds, advisory.imports, advisory.advisories,
                                 advisory.fixed_versions, advisory.remedies, advisory.exploited,
                                 advisory.exploits, advisory.sightings, advisory.epss,
                                 advisory.ssvc, advisory.severities
                        """)
                .update();
    }

    @Test
    void knowsNothingWithoutFeedsAndSaysSo() {
        CveFacts facts = factsOf("CVE-2026-10001");
        assertThat(facts.exploited()).isEqualTo(Ternary.UNKNOWN);
        assertThat(facts.epss()).isNull();
        assertThat(feeds.coverage().sentence())
                .contains("changelogs of the updates only")
                .contains("no KEV feed");
    }

    @Test
    void putsFactsInForceAndRemembersWhereTheyCameFrom() {
        long before = feeds.generation();
        assertThat(take("kev", "kev/valid.json").outcome()).isEqualTo(FeedImport.Outcome.IMPORTED);
        take("epss", "epss/valid.csv");
        take("vulnrichment-one", "vulnrichment/CVE-2026-10001.json");
        CveFacts facts = factsOf("CVE-2026-10001");
        assertThat(facts.exploited()).isEqualTo(Ternary.YES);
        assertThat(facts.listed()).isEqualTo(LocalDate.parse("2026-11-19"));
        assertThat(facts.ransomware()).isEqualTo(Ternary.YES);
        assertThat(facts.automatable()).isEqualTo(Ternary.YES);
        assertThat(facts.cvss()).isEqualTo(9.8);
        assertThat(facts.epss())
                .isEqualTo(
                        new CveFacts.Score(
                                0.94321,
                                0.99931,
                                "v2026.06.15",
                                Instant.parse("2026-11-22T12:55:00Z")));
        assertThat(factsOf("CVE-1999-0001").exploited()).isEqualTo(Ternary.NO);
        assertThat(feeds.generation()).isEqualTo(before + 3);
        assertThat(feeds.find("kev").orElseThrow())
                .satisfies(
                        status -> {
                            assertThat(status.state()).isEqualTo(FeedStatus.State.IN_FORCE);
                            assertThat(status.sha256()).hasSize(64);
                            assertThat(status.counts().of("exploited")).isEqualTo(3);
                            assertThat(status.fetchedAt()).isEqualTo(clock.instant());
                        });
    }

    @Test
    void findsFixedVersionsAndAdvisories() {
        take("osv-samples", "osv/records.jsonl");
        take("debian", "debian/valid.json");
        FixedVersions fixes = new FixedVersions(database);
        assertThat(fixes.forSources("bookworm", Set.of("nginx")))
                .extracting(FixedVersion::advisory, FixedVersion::fixed)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("CVE-2026-10001", "1.22.1-9+deb12u3"),
                        org.assertj.core.groups.Tuple.tuple("DSA-6000-1", "1.22.1-9+deb12u3"),
                        org.assertj.core.groups.Tuple.tuple("TEMP-0000000-ABCDEF", null));
        assertThat(new Advisories(database).find("CVE-2026-10001"))
                .extracting(Advisories.Entry::id)
                .containsExactly("DSA-6000-1", "CVE-2026-10001");
        assertThat(new Advisories(database).find("DSA-6000-1").getFirst().fixes()).hasSize(3);
        assertThat(new Advisories(database).find("DSA-1-1")).isEmpty();
    }

    @Test
    void leavesAloneWhatIsTheSame() {
        take("kev", "kev/valid.json");
        long generation = feeds.generation();
        assertThat(take("kev", "kev/valid.json").outcome()).isEqualTo(FeedImport.Outcome.UNCHANGED);
        assertThat(feeds.generation()).isEqualTo(generation);
    }

    @Test
    void keepsTheLastGoodDataWhenWhatComesIsWrong() {
        take("kev", "kev/valid.json");
        for (String wrong : List.of("cut-off", "miscounted", "empty", "hostile-id")) {
            FeedImport result = take("kev", "kev/" + wrong + ".json");
            assertThat(result.outcome()).isEqualTo(FeedImport.Outcome.REFUSED);
            assertThat(result.status().state()).isEqualTo(FeedStatus.State.QUARANTINED);
            assertThat(result.status().problem()).contains("was refused");
            assertThat(factsOf("CVE-2026-10002").exploited()).isEqualTo(Ternary.YES);
        }
        take("kev", "kev/valid.json");
        assertThat(feeds.find("kev").orElseThrow().problem()).isEmpty();
    }

    @Test
    void refusesAFeedThatLostMoreThanAThird() throws IOException {
        take("osv", write("a.jsonl", records(1_000)));
        FeedImport result = take("osv", write("b.jsonl", records(699)));
        assertThat(result.outcome()).isEqualTo(FeedImport.Outcome.REFUSED);
        assertThat(result.sentence()).contains("it has only 699 advisories where it had 1000");
        assertThat(take("osv", write("c.jsonl", records(700))).outcome())
                .isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    @Test
    void takesWhatLostMoreWhereAPersonAcceptsItAndSaysSo() throws IOException {
        take("osv", write("a.jsonl", records(1_000)));
        URI shrunk = write("b.jsonl", records(500)).toUri();
        assertThat(feeds.importFrom("osv", shrunk, "token:ann").outcome())
                .isEqualTo(FeedImport.Outcome.REFUSED);
        FeedImport accepted = feeds.importFrom("osv", shrunk, "token:ann", Feeds.Loss.ACCEPTED);
        assertThat(accepted.outcome()).isEqualTo(FeedImport.Outcome.IMPORTED);
        assertThat(accepted.status().state()).isEqualTo(FeedStatus.State.IN_FORCE);
        assertThat(accepted.status().note())
                .contains("Accepted: it has only 500 advisories where it had 1000");
        assertThat(
                        database.sql(
                                        """
                                        select details::text from governance.audit_entry
                                        where actor = 'token:ann'
                                          and action = 'advisory.feed-imported'
                                        """)
                                .query(String.class)
                                .list())
                .singleElement()
                .asString()
                .contains("Accepted: it has only 500");
        assertThat(
                        feeds.importFrom(
                                        "osv",
                                        write("c.jsonl", "").toUri(),
                                        "token:ann",
                                        Feeds.Loss.ACCEPTED)
                                .outcome())
                .as("an empty file is accepted by nobody")
                .isEqualTo(FeedImport.Outcome.REFUSED);
    }

    @Test
    void refusesScoresThatLostRows() throws IOException {
        take("epss", write("a.csv", scores("2026-11-20", 1_000)));
        FeedImport result = take("epss", write("b.csv", scores("2026-11-21", 989)));
        assertThat(result.outcome()).isEqualTo(FeedImport.Outcome.REFUSED);
        assertThat(result.sentence()).contains("it has only 989 epss where it had 1000");
        assertThat(take("epss", write("c.csv", scores("2026-11-22", 1_001))).outcome())
                .isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    @Test
    void aFeedWhoseOwnDateIsLongPastIsShownAsStaleAndStaysInForce() throws IOException {
        take("epss", write("a.csv", scores("2026-11-22", 10)));
        assertThat(feeds.find("epss").orElseThrow().state()).isEqualTo(FeedStatus.State.IN_FORCE);
        clock.pass(Duration.ofDays(6));
        FeedStatus later = feeds.find("epss").orElseThrow();
        assertThat(later.state()).isEqualTo(FeedStatus.State.STALE);
        assertThat(later.problem()).contains("more than 4 days ago");
        assertThat(factsOf("CVE-2026-10001").epss()).isNotNull();
    }

    @Test
    void refusesAFeedThatIsOlderThanWhatIsInForceOrStillToCome() throws IOException {
        take("epss", write("a.csv", scores("2026-11-20", 10)));
        assertThat(take("epss", write("b.csv", scores("2026-11-19", 12))).sentence())
                .contains("older than what is in force");
        assertThat(take("epss", write("c.csv", scores("2027-11-19", 12))).sentence())
                .contains("which is to come");
    }

    @Test
    void keepsTheLastGoodDataWhenNothingCanBeHad() {
        take("kev", "kev/valid.json");
        FeedImport result =
                feeds.importFrom("kev", folder.resolve("none.json").toUri(), "token:test");
        assertThat(result.outcome()).isEqualTo(FeedImport.Outcome.UNREACHABLE);
        assertThat(result.status().state()).isEqualTo(FeedStatus.State.UNREACHABLE);
        assertThat(factsOf("CVE-2026-10002").exploited()).isEqualTo(Ternary.YES);
    }

    @Test
    void refusesOtherSchemesAndPlainHttpToOtherMachines() {
        for (String url : List.of("ftp://127.0.0.1/x", "http://192.0.2.1/x", "jar:file:/x!/y")) {
            assertThat(feeds.importFrom("kev", URI.create(url), "token:test").outcome())
                    .isEqualTo(FeedImport.Outcome.UNREACHABLE);
        }
        assertThatThrownBy(() -> take("csaf", "kev/valid.json")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> take("../kev", "kev/valid.json")).isInstanceOf(Problem.class);
    }

    @Test
    void asksAServerOnlyForWhatIsNew() throws IOException {
        byte[] body = Files.readAllBytes(Collected.testdata("kev/valid.json"));
        AtomicInteger sent = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/kev.json",
                exchange -> {
                    exchange.getResponseHeaders().add("ETag", "\"v1\"");
                    if ("\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                        exchange.sendResponseHeaders(304, -1);
                    } else {
                        sent.incrementAndGet();
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                    exchange.close();
                });
        server.start();
        try {
            URI url =
                    URI.create(
                            "http://127.0.0.1:%d/kev.json"
                                    .formatted(server.getAddress().getPort()));
            assertThat(feeds.importFrom("kev", url, "system").outcome())
                    .isEqualTo(FeedImport.Outcome.IMPORTED);
            assertThat(feeds.importFrom("kev", url, "system").outcome())
                    .isEqualTo(FeedImport.Outcome.UNCHANGED);
            assertThat(sent).hasValue(1);
            assertThat(feeds.importFrom("kev", url.resolve("/gone"), "system").sentence())
                    .contains("answers 404");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void followsConfiguredFeedsAtTheirPace() {
        FeedSource source =
                new FeedSource(
                        "kev", Collected.testdata("kev/valid.json").toUri(), Duration.ofHours(6));
        assertThat(feeds.pollDue(List.of(source))).hasSize(1);
        clock.pass(Duration.ofHours(5));
        assertThat(feeds.pollDue(List.of(source))).isEmpty();
        clock.pass(Duration.ofHours(2));
        assertThat(feeds.pollDue(List.of(source)))
                .singleElement()
                .extracting(FeedImport::outcome)
                .isEqualTo(FeedImport.Outcome.UNCHANGED);
    }

    @Test
    void importsTheRealCatalogueAndScores() {
        Path kev = Collected.shared("kev/known_exploited_vulnerabilities.json");
        Path epss = Collected.shared("epss/snapshots/epss_2025-10-05.csv.gz");
        assertThat(take("kev", kev).status().counts().of("exploited")).isEqualTo(1_484);
        assertThat(take("epss", epss).status().counts().of("epss")).isEqualTo(296_610);
        assertThat(factsOf("CVE-2024-1086").exploited()).isEqualTo(Ternary.YES);
    }

    private CveFacts factsOf(String cve) {
        return new VulnerabilityFacts(database)
                .of(Set.of(cve))
                .getOrDefault(cve, CveFacts.unknown(""));
    }

    private FeedImport take(String feed, String name) {
        return take(feed, Collected.testdata(name));
    }

    private FeedImport take(String feed, Path file) {
        return feeds.importFrom(feed, file.toUri(), "token:test");
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content, StandardCharsets.US_ASCII);
    }

    private static String records(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(
                    "{\"id\":\"X-%d\",\"modified\":\"2026-11-20T00:00:00Z\",\"affected\":[]}\n"
                            .formatted(i));
        }
        return text.toString();
    }

    private static String scores(String day, int count) {
        StringBuilder text =
                new StringBuilder(
                        "#model_version:v5,score_date:%sT00:00:00Z\ncve,epss,percentile\n"
                                .formatted(day));
        for (int i = 0; i < count; i++) {
            text.append("CVE-2026-%d,0.5,0.5\n".formatted(10_000 + i));
        }
        return text.toString();
    }
}
