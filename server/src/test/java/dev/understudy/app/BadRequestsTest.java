package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Every operation that the API describes of itself, with values that nobody sends who means well:
/// each answer is an answer or a problem of the caller's, never a fault of the server.
@Tag("fuzz")
class BadRequestsTest {
    private static final String LONG = "x".repeat(4_000);

    private static final List<String> VALUES =
            List.of(
                    "",
                    " ",
                    "-1",
                    "0",
                    "1e9",
                    "99999999999999999999",
                    "null",
                    "undefined",
                    "../../etc/passwd",
                    "..%2f..%2fetc",
                    "..;/",
                    "a\0b",
                    "a\nb",
                    "\u202e\ud83d\ude00",
                    "' or '1'='1",
                    "'; drop table fleet.hosts; --",
                    "%",
                    "%s%n%x",
                    "${jndi:ldap://x}",
                    "<script>",
                    "2026-13-45T99:99:99Z",
                    "+1000000000-12-31T23:59:59Z",
                    "-1000000000-01-01T00:00:00Z",
                    "PT-1S",
                    "P999999999999D",
                    "00000000-0000-0000-0000-000000000000",
                    "[]",
                    "{}",
                    LONG);

    private static final List<byte[]> BODIES =
            List.of(
                    bytes(""),
                    bytes("null"),
                    bytes("[]"),
                    bytes("{}"),
                    bytes("0"),
                    bytes("true"),
                    bytes("\"text\""),
                    bytes("{"),
                    bytes("{\"a\":1,\"a\":2}"),
                    bytes("{\"unheard\":{\"of\":[1,2,3]}}"),
                    bytes("{} {}"),
                    bytes("<xml/>"),
                    bytes("[".repeat(200_000)),
                    bytes("{\"a\":".repeat(200_000)),
                    new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'},
                    new byte[1_000],
                    bytes("{\"name\":\"" + "x".repeat(10 << 20) + "\"}"));

    @TempDir static Path data;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private static WebServerApplicationContext server;
    private static String admin = "";
    private static List<Operation> operations = List.of();

    /// @param body the members of its JSON body; empty if it takes none
    private record Operation(
            String method,
            String path,
            List<String> inPath,
            List<String> inQuery,
            Set<String> body) {}

    private record Answer(int status, String type, String text) {}

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        admin = TestServer.admin(data);
        operations = described();
        assertThat(operations).hasSizeGreaterThan(25);
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void valuesInThePath() throws Exception {
        Tally tally = new Tally("REST path values");
        for (Operation operation : operations) {
            for (String value : operation.inPath().isEmpty() ? List.<String>of() : VALUES) {
                tally.take(call(operation, value, "", bytes("{}")), operation + " " + value);
            }
        }
        tally.report();
    }

    @Test
    void valuesInTheQuery() throws Exception {
        Tally tally = new Tally("REST query parameters");
        for (Operation operation : operations) {
            for (String name : operation.inQuery()) {
                for (String value : VALUES) {
                    String query = "?" + name + "=" + escaped(value);
                    tally.take(call(operation, "nobody", query, bytes("{}")), operation + query);
                }
            }
        }
        tally.report();
    }

    @Test
    void bodies() throws Exception {
        Tally tally = new Tally("REST bodies");
        for (Operation operation : operations) {
            if (operation.method().equals("GET")) {
                continue;
            }
            for (byte[] body : BODIES) {
                tally.take(call(operation, "nobody", "", body), operation + " " + shown(body));
            }
            for (String member : operation.body()) {
                for (String value : VALUES) {
                    JsonObject text = new JsonObject();
                    text.addProperty(member, value);
                    tally.take(
                            call(operation, "nobody", "", bytes(text.toString())),
                            operation + " " + member + "=" + value);
                }
                for (String wrong : List.of("[[]]", "{\"a\":1}", "-1", "1e400", "true", "null")) {
                    String body = "{\"%s\":%s}".formatted(member, wrong);
                    tally.take(call(operation, "nobody", "", bytes(body)), operation + " " + body);
                }
            }
        }
        tally.report();
    }

    @Test
    void tokens() throws Exception {
        Tally tally = new Tally("API tokens");
        for (String token : VALUES) {
            String sent = token.replaceAll("[^ -~]", "?");
            for (String header :
                    List.of("Bearer " + sent, sent, "Basic " + sent, "bearer" + sent)) {
                HttpRequest request =
                        HttpRequest.newBuilder(uri("/api/v1/hosts"))
                                .header("Authorization", header)
                                .build();
                Answer answer = send(request);
                assertThat(answer.status()).as(header).isIn(400, 401, 431);
                tally.take(answer, header);
            }
        }
        tally.report();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET  | /hosts?limit=-1         |                               | -1
                    GET  | /hosts?limit=1000000    |                               | 1000000
                    GET  | /hosts?limit=many       |                               | many
                    GET  | /hosts?cursor=backwards |                               | backwards
                    GET  | /hosts/%3B%20drop       |                               | %3B
                    PUT  | /groups/web             | {"exposure":"EVERYWHERE"}     | EVERYWHERE
                    POST | /enrolment-tokens       | {"validity":"soon"}           | soon
                    POST | /tokens                 | {"name":"a","role":"GOD"}     | GOD
                    POST | /tokens                 | {"name":"a"}                  | role
                    POST | /stop                   | {}                            | reason
                    GET  | /rollouts/not-an-id     |                               | not-an-id
                    """)
    void aProblemNamesTheValue(String method, String path, @Nullable String body, String value)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri("/api/v1" + path))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body == null ? "" : body))
                        .build();
        Answer answer = send(request);
        assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
        assertThat(answer.type()).isEqualTo("application/problem+json");
        assertThat(
                        JsonParser.parseString(answer.text())
                                .getAsJsonObject()
                                .get("detail")
                                .getAsString())
                .contains(value);
    }

    /// After all of it the server still answers, and nothing was made of any of it.
    @Test
    void nothingIsLeftOfIt() throws Exception {
        assertThat(send(get("/api/v1/hosts")).status()).isEqualTo(200);
        assertThat(send(get("/actuator/health/readiness")).status()).isEqualTo(200);
        assertThat(JsonParser.parseString(send(get("/api/v1/hosts")).text()).toString())
                .contains("\"items\":[]");
    }

    /// Counts answers, and keeps those that no request may get.
    private static final class Tally {
        private final String name;
        private final long start = System.nanoTime();
        private final List<String> others = new ArrayList<>();
        private int accepted;
        private int refused;

        Tally(String name) {
            this.name = name;
        }

        void take(Answer answer, String request) {
            boolean problem =
                    answer.type().startsWith("application/problem+json")
                            && answer.text().contains("\"detail\":\"");
            if (answer.status() < 400) {
                accepted++;
            } else if (answer.status() < 500 && problem) {
                refused++;
            } else {
                others.add(
                        "%d %s %s on %s"
                                .formatted(
                                        answer.status(),
                                        answer.type(),
                                        shown(bytes(answer.text())),
                                        shown(bytes(request))));
            }
        }

        void report() throws IOException {
            Files.createDirectories(Path.of("target/fuzz"));
            Files.writeString(
                    Path.of("target/fuzz/%s.tsv".formatted(name.replace(' ', '-'))),
                    String.format(
                            Locale.ROOT,
                            "%s\t%d\t%d\t%d\t%d\t%.2f%n",
                            name,
                            accepted + refused + others.size(),
                            accepted,
                            refused,
                            others.size(),
                            (System.nanoTime() - start) / 1e9));
            assertThat(others.stream().limit(40)).as("%s: %d", name, others.size()).isEmpty();
            assertThat(refused).isPositive();
        }
    }

    private static List<Operation> described() throws Exception {
        JsonObject description =
                JsonParser.parseString(send(get("/api/openapi")).text()).getAsJsonObject();
        JsonObject schemas = description.getAsJsonObject("components").getAsJsonObject("schemas");
        List<Operation> found = new ArrayList<>();
        for (Map.Entry<String, JsonElement> path :
                description.getAsJsonObject("paths").entrySet()) {
            for (Map.Entry<String, JsonElement> one :
                    path.getValue().getAsJsonObject().entrySet()) {
                if (path.getKey().startsWith("/api/v1")) {
                    found.add(
                            operation(
                                    one.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    one.getValue().getAsJsonObject(),
                                    schemas));
                }
            }
        }
        return found;
    }

    private static Operation operation(
            String method, String path, JsonObject described, JsonObject schemas) {
        List<String> inPath = new ArrayList<>();
        List<String> inQuery = new ArrayList<>();
        if (described.has("parameters")) {
            for (JsonElement each : described.getAsJsonArray("parameters")) {
                JsonObject parameter = each.getAsJsonObject();
                String name = parameter.get("name").getAsString();
                (parameter.get("in").getAsString().equals("path") ? inPath : inQuery).add(name);
            }
        }
        Set<String> body = Set.of();
        if (described.has("requestBody")) {
            String schema = described.get("requestBody").toString();
            String name = schema.replaceFirst("(?s).*#/components/schemas/([^\"]+).*", "$1");
            if (schemas.has(name) && schemas.getAsJsonObject(name).has("properties")) {
                body = schemas.getAsJsonObject(name).getAsJsonObject("properties").keySet();
            }
        }
        return new Operation(method, path, inPath, inQuery, body);
    }

    private static Answer call(Operation operation, String inPath, String query, byte[] body)
            throws Exception {
        String path = operation.path();
        for (String name : operation.inPath()) {
            path = path.replace("{" + name + "}", escaped(inPath));
        }
        boolean reads = operation.method().equals("GET");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path + query))
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "application/json")
                        .method(
                                operation.method(),
                                reads ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        return send(request.build());
    }

    private static HttpRequest get(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + admin).build();
    }

    private static Answer send(HttpRequest request) throws Exception {
        HttpResponse<String> response;
        try {
            response = HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            return new Answer(599, "", "the answer broke off: " + e);
        }
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getBean(Ports.class).operator() + path);
    }

    private static String escaped(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String shown(byte[] text) {
        String all = new String(text, StandardCharsets.UTF_8);
        return all.length() <= 200 ? all : all.substring(0, 200) + "… (%d)".formatted(text.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
