package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiTest {
    private HttpServer server;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        api = new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "secret");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(String path, int status, String body) {
        server.createContext(
                path,
                exchange -> {
                    byte[] bytes =
                            body.replace(
                                            "AUTH",
                                            String.valueOf(
                                                    exchange.getRequestHeaders()
                                                            .getFirst("Authorization")))
                                    .replace(
                                            "SENT",
                                            new String(
                                                            exchange.getRequestBody()
                                                                    .readAllBytes(),
                                                            StandardCharsets.UTF_8)
                                                    .replace("\"", "'"))
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    @Test
    void sendsTheTokenAndTheBody() {
        answer("/api/v1/echo", 200, "{\"auth\":\"AUTH\",\"sent\":\"SENT\"}");
        Json echo = api.post("/echo", Map.of("name", "web"));
        assertThat(echo.text("auth")).isEqualTo("Bearer secret");
        assertThat(echo.text("sent")).isEqualTo("{'name':'web'}");
    }

    @Test
    void saysWhatTheProblemSays() {
        answer(
                "/api/v1/hosts/x",
                404,
                "{\"title\":\"Not found\",\"detail\":\"No host 'x'.\",\"code\":\"fleet.no-host\"}");
        assertThatThrownBy(() -> api.get("/hosts/x"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> {
                            assertThat(failure).hasMessage("No host 'x'. [fleet.no-host]");
                            assertThat(failure.exitCode()).isEqualTo(Failure.REFUSED);
                        });
    }

    @Test
    void aControlPlaneWithoutItsDatabaseIsOneThatCannotBeReached() {
        answer(
                "/api/v1/hosts",
                503,
                "{\"detail\":\"Try again in 5 s.\",\"code\":\"database-unavailable\"}");
        assertThatThrownBy(() -> api.get("/hosts"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(Failure.UNREACHABLE))
                .hasMessage("Try again in 5 s. [database-unavailable]");
    }

    @Test
    void tellsAnAnswerThatIsNoJsonFromAnAnswer() {
        answer("/api/v1/hosts", 200, "<html>");
        assertThatThrownBy(() -> api.get("/hosts"))
                .hasMessageContaining("did not answer with JSON")
                .hasMessageContaining("/api/v1/hosts");
    }

    @Test
    void saysHowToStartWhatCannotBeReached() {
        server.stop(0);
        assertThatThrownBy(() -> api.get("/hosts"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(Failure.UNREACHABLE))
                .hasMessageContaining("understudy up");
    }
}
