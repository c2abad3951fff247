package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.understudy.advisory.taxii.TaxiiFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client against a server that speaks TAXII 2.1 over TLS: discovery, one API root, one
/// collection that may be read and one that may not, and pages of three objects.
class FetchTaxiiTest {
    private static final String TYPE = "application/taxii+json;version=2.1";
    private static final String COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
    private static final int PAGE = 3;

    private final List<String> objects = lines();
    private FeedServer server;
    private String contentType = TYPE;
    private boolean givesNext = true;
    private boolean turnsInCircles;
    private int status = 200;
    @TempDir Path folder = Path.of("");

    @BeforeEach
    void start() throws IOException {
        server = new FeedServer(this::serve);
        Path secret = folder.resolve("taxii.authorization");
        Files.writeString(secret, "Basic dXNlcjpwYXNz\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/taxii2/",
                "/api1",
                "/api1/collections/" + COLLECTION,
                "/api1/collections/" + COLLECTION + "/objects/"
            })
    void findsAllObjectsFromDiscoveryAnApiRootOrACollection(String path) throws FeedException {
        assertThat(fetched(path)).isEqualTo(objects.size());
        assertThat(server.asked)
                .allMatch(e -> TYPE.equals(e.getRequestHeaders().getFirst("Accept")));
    }

    @Test
    void goesOnAfterTheLastObjectWhereTheServerGivesNoNext() throws FeedException {
        givesNext = false;
        assertThat(fetched("/taxii2/")).isEqualTo(objects.size());
        assertThat(server.asked.getLast().getRequestURI().getQuery()).contains("added_after=");
    }

    @Test
    void refusesAServerThatTurnsInCircles() {
        turnsInCircles = true;
        assertThatThrownBy(() -> fetched("/taxii2/"))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("says that there is more and not how to get it");
    }

    @Test
    void refusesWhatIsNotTaxii() {
        contentType = "text/html";
        assertThatThrownBy(() -> fetched("/taxii2/"))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("answers with 'text/html'");
    }

    @Test
    void saysWhatToDoWhenItIsNotLetIn() throws IOException {
        Files.delete(folder.resolve("taxii.authorization"));
        assertThatThrownBy(() -> fetched("/taxii2/"))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("answers 401: give what lets us in");
    }

    @Test
    void readsNoSecretThatOthersCanRead() throws IOException {
        Files.setPosixFilePermissions(
                folder.resolve("taxii.authorization"),
                PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> fetched("/taxii2/"))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("can be read by others; chmod 600 it");
    }

    @Test
    void waitsAsLongAsABusyServerAsks() {
        status = 429;
        assertThatThrownBy(() -> fetched("/taxii2/"))
                .isInstanceOfSatisfying(
                        FeedException.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(120)));
    }

    private long fetched(String path) throws FeedException {
        FetchFeed fetch = new FetchFeed(FeedLimits.USUAL, new FeedSecrets(folder), server.tls);
        try (FetchFeed.Fetched fetched = fetch.fetch("taxii", server.url(path), "", "")) {
            FetchFeed.Fetched.Copy copy = (FetchFeed.Fetched.Copy) fetched;
            Collected read = Collected.of(new TaxiiFormat(), copy.file());
            assertThat(read.rejections).isEmpty();
            return read.read;
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("Retry-After", "120");
        if (!"Basic dXNlcjpwYXNz".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            FeedServer.answer(exchange, 401, new byte[0]);
        } else if (status != 200) {
            FeedServer.answer(exchange, status, new byte[0]);
        } else if (path.equals("/taxii2/")) {
            say(
                    exchange,
                    "{\"title\":\"t\",\"api_roots\":[\"%s\"]}".formatted(server.url("/api1/")));
        } else if (path.equals("/api1/")) {
            say(exchange, "{\"title\":\"one\",\"versions\":[\"%s\"]}".formatted(TYPE));
        } else if (path.equals("/api1/collections/")) {
            say(
                    exchange,
                    ("{\"collections\":[{\"id\":\"%s\",\"title\":\"a\",\"can_read\":true,"
                                    + "\"can_write\":false},{\"id\":\"%s\",\"title\":\"b\","
                                    + "\"can_read\":false,\"can_write\":true}]}")
                            .formatted(COLLECTION, COLLECTION.replace('9', '8')));
        } else if (path.equals("/api1/collections/" + COLLECTION + "/objects/")) {
            page(exchange, query);
        } else {
            FeedServer.answer(exchange, 404, new byte[0]);
        }
    }

    /// Each object was added at the second of its number.
    private void page(HttpExchange exchange, String query) throws IOException {
        int from =
                turnsInCircles
                        ? 0
                        : query.contains("next=")
                                ? Integer.parseInt(query.replaceAll(".*next=", ""))
                                : query.contains("added_after=")
                                        ? Integer.parseInt(
                                                        query.replaceAll(
                                                                ".*T00:00:([0-9]+)Z.*", "$1"))
                                                + 1
                                        : 0;
        int to = Math.min(objects.size(), from + PAGE);
        boolean more = to < objects.size();
        exchange.getResponseHeaders()
                .set("X-TAXII-Date-Added-Last", "2026-11-20T00:00:%02dZ".formatted(to - 1));
        String next = more && givesNext ? ",\"next\":\"%d\"".formatted(to) : "";
        say(
                exchange,
                "{\"more\":%s%s,\"objects\":[%s]}"
                        .formatted(more, next, String.join(",", objects.subList(from, to))));
    }

    private static void say(HttpExchange exchange, String json) throws IOException {
        FeedServer.answer(exchange, 200, json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Collected.testdata("taxii/objects.jsonl"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
