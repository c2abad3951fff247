package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.understudy.advisory.taxii.TaxiiFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// From a collection of a TAXII server to what the rest of the system hears.
class SightingNewsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final String PATH =
            "/api1/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/";
    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final List<String> objects = new ArrayList<>();

    @Test
    void whatIsNewlySeenExploitedIsNewsLikeWhatACatalogueLists() {
        try (FeedServer server = new FeedServer(this::serve)) {
            Feeds feeds =
                    new Feeds(
                            database,
                            new Outbox(database, clock),
                            new AuditTrail(database, clock),
                            new FetchFeed(
                                    FeedLimits.USUAL, new FeedSecrets(Path.of("none")), server.tls),
                            List.of(new TaxiiFormat()),
                            clock,
                            new Random(1));
            seen(1);
            take(feeds, server);
            assertThat(told()).as("the first import is knowledge, no news").isEmpty();
            seen(2);
            take(feeds, server);
            assertThat(told())
                    .singleElement()
                    .asString()
                    .contains("CVE-2026-30002")
                    .doesNotContain("CVE-2026-30001");
            assertThat(
                            new VulnerabilityFacts(database)
                                    .of(Set.of("CVE-2026-30002"))
                                    .get("CVE-2026-30002"))
                    .extracting(CveFacts::exploited)
                    .isEqualTo(Ternary.YES);
        }
    }

    private static void take(Feeds feeds, FeedServer server) {
        FeedImport done = feeds.importFrom("taxii", server.url(PATH), "token:test");
        assertThat(done.outcome()).as(done.sentence()).isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    private List<String> told() {
        return database.sql(
                        """
                        select body::text from platform.outbox
                        where event = 'advisory.ExploitationListed'
                        """)
                .query(String.class)
                .list();
    }

    /// A vulnerability, and that somebody saw it exploited.
    private void seen(int number) {
        String made =
                "\"created\": \"2026-11-1%dT00:00:00Z\", \"modified\": \"2026-11-1%dT00:00:00Z\""
                        .formatted(number, number);
        String vulnerability = "vulnerability--00000000-0000-4000-8000-00000000000" + number;
        objects.add(
                """
                {"type": "vulnerability", "id": "%s", "name": "CVE-2026-3000%d", %s}
                """
                        .formatted(vulnerability, number, made));
        objects.add(
                """
                {"type": "sighting", "id": "sighting--00000000-0000-4000-8000-00000000000%d",
                 "sighting_of_ref": "%s", %s}
                """
                        .formatted(number, vulnerability, made));
    }

    private void serve(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/taxii+json;version=2.1");
        FeedServer.answer(
                exchange,
                200,
                "{\"more\": false, \"objects\": [%s]}"
                        .formatted(String.join(",", objects))
                        .getBytes(StandardCharsets.UTF_8));
    }
}
