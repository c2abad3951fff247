package dev.understudy.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.integration.AskPrometheus.Answer;
import dev.understudy.platform.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AskPrometheusTest {
    @TempDir Path folder;

    /// The example of Prometheus' own documentation.
    private static final String VECTOR =
            """
            {"status": "success",
             "data": {"resultType": "vector",
                      "result": [{"metric": {"__name__": "up", "job": "prometheus",
                                             "instance": "localhost:9090"},
                                  "value": [1435781451.781, "1"]},
                                 {"metric": {"__name__": "up", "job": "node",
                                             "instance": "localhost:9100"},
                                  "value": [1435781451.781, "0"]}]}}
            """;

    @Test
    void aVectorIsReadSeriesBySeries() {
        assertThat(read(200, VECTOR))
                .isInstanceOfSatisfying(
                        Answer.Series.class,
                        series -> {
                            assertThat(series.all()).extracting("value").containsExactly(1.0, 0.0);
                            assertThat(series.all().getFirst().labels())
                                    .containsEntry("instance", "localhost:9090");
                        });
    }

    @Test
    void aScalarHasNoLabels() {
        assertThat(
                        read(
                                200,
                                """
                                {"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"+Inf"]}}"""))
                .isEqualTo(
                        new Answer.Series(
                                List.of(
                                        new AskPrometheus.One(
                                                Map.of(), Double.POSITIVE_INFINITY))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "<html>",
                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
                "{\"status\":\"success\"}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[null]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"NaN\"]}]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"x\"]}]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":null},\"value\":[1,\"1\"]}]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1]}]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[]}]}}",
                "{\"status\":\"success\",\"warnings\":[\"one store is away\"],\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}"
            })
    void whatIsNoWholeAnswerIsUnknown(String body) {
        assertThat(read(200, body)).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void anErrorIsUnknownWithItsReason() {
        assertThat(
                        read(
                                400,
                                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:4: parse error\"}"))
                .isEqualTo(new Answer.Unknown("HTTP 400: 1:4: parse error"));
    }

    @Test
    void aRedirectionIsNotFollowed() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "/elsewhere");
                    exchange.sendResponseHeaders(
                            exchange.getRequestURI().getPath().equals("/elsewhere") ? 200 : 302,
                            -1);
                    exchange.close();
                });
        server.start();
        try {
            assertThat(new AskPrometheus(folder).ask(query(server.getAddress().getPort(), "up")))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).startsWith("HTTP 302"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aLoginGoesToItsHostOnlyAndNotInTheClear() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    seen.add(
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        server.start();
        try {
            AskPrometheus ask = new AskPrometheus(folder);
            HealthQuery query = query(server.getAddress().getPort(), "up");
            Path file =
                    Files.writeString(
                            folder.resolve(query.url().getHost() + ".authorization"),
                            "Bearer s3cret\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(ask.ask(query))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).contains("chmod 600"));
            assertThat(seen).isEmpty();
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            ask.ask(query);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Bearer s3cret");
            Files.move(file, folder.resolve("prometheus.example.authorization"));
            ask.ask(query);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("null");
            HealthQuery clear = query("http://prometheus.example:9090", "up");
            assertThat(ask.ask(clear))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).contains("https only"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatIsNotThereIsUnknown() throws Exception {
        assertThat(new AskPrometheus(folder).ask(query(freePort(), "up")))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "http://user:secret@prometheus.example",
                "http://prometheus.example/?query=1",
                "prometheus.example"
            })
    void anUrlThatIsNoPlainHttpIsRefused(String url) {
        assertThatThrownBy(() -> query(url, "up"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("url");
    }

    /// Debian's own Prometheus, watching itself.
    @Test
    @Tag("slow")
    void aRealPrometheusIsAsked() throws Exception {
        Path program =
                Stream.of("/usr/bin/prometheus", "/usr/local/bin/prometheus")
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElse(null);
        Assumptions.assumeTrue(program != null, "There is no prometheus here.");
        int port = freePort();
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: itself
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """
                        .formatted(port));
        Process prometheus =
                new ProcessBuilder(
                                program.toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        try {
            AskPrometheus ask = new AskPrometheus(folder);
            Instant patience = Instant.now().plus(Duration.ofMinutes(1));
            Answer up = ask.ask(query(port, "up"));
            while (!(up instanceof Answer.Series) && Instant.now().isBefore(patience)) {
                Thread.sleep(500);
                up = ask.ask(query(port, "up"));
            }
            assertThat(up)
                    .isInstanceOfSatisfying(
                            Answer.Series.class,
                            series -> {
                                assertThat(series.all()).hasSize(1);
                                assertThat(series.all().getFirst().value()).isEqualTo(1);
                                assertThat(series.all().getFirst().labels())
                                        .containsEntry("instance", "127.0.0.1:" + port);
                            });
            assertThat(ask.ask(query(port, "scalar(up)"))).isInstanceOf(Answer.Series.class);
            assertThat(ask.ask(query(port, "up > 5")))
                    .isEqualTo(new Answer.Unknown("no series at all"));
            assertThat(ask.ask(query(port, "0/0 * up")))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).contains("NaN"));
            assertThat(ask.ask(query(port, "up[1m]")))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).contains("matrix"));
            assertThat(ask.ask(query(port, "up{")))
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown -> assertThat(unknown.problem()).startsWith("HTTP 400"));
        } finally {
            prometheus.destroy();
            prometheus.waitFor();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static HealthQuery query(int port, String query) {
        return query("http://127.0.0.1:" + port, query);
    }

    private static HealthQuery query(String url, String query) {
        return new HealthQuery(
                "up", "", URI.create(url), query, HealthQuery.Side.BELOW, 1, "instance");
    }

    private static Answer read(int status, String body) {
        return AskPrometheus.read(status, body.getBytes(StandardCharsets.UTF_8));
    }
}
