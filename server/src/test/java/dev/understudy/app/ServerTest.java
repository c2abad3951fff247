package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.understudy.fleet.CertificateAuthority;
import dev.understudy.governance.Operators;
import dev.understudy.governance.Role;
import dev.understudy.platform.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// The whole server, started once.
class ServerTest {
    @TempDir static Path data;
    private static WebServerApplicationContext server;
    private static String admin = "";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(data);
        admin = TestServer.admin(data);
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void theFirstTokenCanBeReadByItsOwnerOnlyAndIsAnAdministrators() throws Exception {
        assertThat(Files.getPosixFilePermissions(data.resolve("operator.token")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(call("GET", "/api/v1/tokens", admin).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/v1/status",
                "/api/v1/audit",
                "/api/openapi",
                "/actuator/prometheus",
                "/nothing"
            })
    void asksForATokenEverywhere(String path) throws Exception {
        assertThat(call("GET", path, "").statusCode()).isEqualTo(401);
        HttpResponse<String> answer = call("GET", path, "us_wrong");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"not-signed-in\"");
    }

    @ParameterizedTest
    @CsvSource({
        "VIEWER,   GET,    /api/v1/status, 200",
        "VIEWER,   POST,   /api/v1/stop,   403",
        "OPERATOR, POST,   /api/v1/stop,   200",
        "OPERATOR, DELETE, /api/v1/stop,   403",
        "APPROVER, DELETE, /api/v1/stop,   200",
        "VIEWER,   GET,    /api/v1/ha-groups, 200",
        "VIEWER,   GET,    /api/v1/work-limits, 200",
        "VIEWER,   GET,    /api/v1/host-sequence, 200",
        "OPERATOR, DELETE, /api/v1/ha-groups/none, 403",
        "APPROVER, DELETE, /api/v1/ha-groups/none, 404",
        "APPROVER, GET,    /api/v1/tokens, 403",
        "ADMIN,    GET,    /api/v1/tokens, 200"
    })
    void letsARoleDoWhatItMay(Role role, String method, String path, int status) throws Exception {
        assertThat(call(method, path, token(role)).statusCode()).isEqualTo(status);
    }

    @Test
    void theHealthEndpointsNeedNoToken() throws Exception {
        assertThat(call("GET", "/actuator/health/liveness", "").statusCode()).isEqualTo(200);
        assertThat(call("GET", "/actuator/health/readiness", "").statusCode()).isEqualTo(200);
        await().untilAsserted(
                        () ->
                                assertThat(call("GET", "/actuator/health/index", "").body())
                                        .contains("\"status\":\"UP\"", "asOf", "ageSeconds"));
    }

    @Test
    void metricsAndOpenApiAreThere() throws Exception {
        await().untilAsserted(
                        () ->
                                assertThat(call("GET", "/actuator/prometheus", admin).body())
                                        .contains(
                                                "jvm_memory",
                                                "understudy_exposure_index_age_seconds ",
                                                "understudy_events_waiting 0.0",
                                                "understudy_jobs_failing"));
        assertThat(call("GET", "/api/openapi", admin).body())
                .contains(
                        "/api/v1/stop",
                        "/api/v1/order-keys/rotate",
                        "/api/v1/events/parked",
                        "/api/v1/events/{id}/retry",
                        "/api/v1/jobs/{name}/retry");
    }

    @Test
    void aParkedEventIsShownCountedAndTriedAgain() throws Exception {
        long event =
                server.getBean(Database.class)
                        .sql(
                                """
                                with stuck as (
                                    insert into platform.outbox (event, body, published_at)
                                    values ('fleet.HostRetired', '{"host":"x"}', now())
                                    returning id
                                )
                                insert into platform.delivery
                                       (subscriber, event_id, attempts, due_at, parked_at, last_error)
                                select 'rehearsal', id, 12, now(), now(), 'it broke'
                                from   stuck
                                returning event_id
                                """)
                        .query(Long.class)
                        .single();
        assertThat(call("GET", "/api/v1/events/parked", admin).body())
                .contains("\"eventId\":" + event, "it broke");
        assertThat(call("GET", "/actuator/prometheus", admin).body())
                .contains("understudy_events_parked 1.0");
        String retry = "/api/v1/events/" + event + "/retry";
        assertThat(call("POST", retry, token(Role.VIEWER)).statusCode()).isEqualTo(403);
        assertThat(call("POST", retry, admin).body()).contains("[\"rehearsal\"]");
        assertThat(call("POST", retry, admin).body()).contains("event-not-parked");
        assertThat(call("POST", "/api/v1/jobs/nothing/retry", admin).body())
                .contains("job-not-failing");
        assertThat(call("GET", "/api/v1/audit", admin).body())
                .contains("governance.event-retried", "event:" + event);
        server.getBean(Database.class)
                .sql("delete from platform.delivery where event_id = :event")
                .param("event", event)
                .update();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/agent/v1/enrol", "/agent/v1/check-in", "/agent/", "/%61gent/v1/enrol"})
    void theAgentsEndpointIsNotOnTheOperatorsPort(String path) throws Exception {
        assertThat(call("POST", path, admin).statusCode()).isIn(400, 404);
        assertThat(call("POST", path, "").statusCode()).isIn(400, 404);
    }

    @Test
    void theAgentsPortSpeaksTlsOfOurAuthorityAndKnowsNothingOfOperators() throws Exception {
        try (HttpClient agent = HttpClient.newBuilder().sslContext(trustsAuthority()).build()) {
            assertThat(onAgentPort(agent, "/api/v1/status").statusCode()).isEqualTo(404);
            assertThat(onAgentPort(agent, "/actuator/health").statusCode()).isEqualTo(404);
            assertThat(onAgentPort(agent, "/").statusCode()).isEqualTo(404);
            HttpResponse<String> checkIn = onAgentPort(agent, "/agent/v1/check-in");
            assertThat(checkIn.statusCode()).isEqualTo(401);
            assertThat(checkIn.body()).contains("certificate-missing");
        }
    }

    private static HttpResponse<String> onAgentPort(HttpClient agent, String path)
            throws IOException, InterruptedException {
        int port = server.getBean(Ports.class).agent();
        return agent.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + admin)
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static SSLContext trustsAuthority() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "authority", server.getBean(CertificateAuthority.class).certificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void aConsoleLinkBecomesASessionOnceAndChangesNeedOurOwnPages() throws Exception {
        String link = call("POST", "/api/v1/console-links", admin).body();
        URI url = URI.create(link.replaceFirst(".*\"url\":\"([^\"]+)\".*", "$1"));
        HttpResponse<String> entered =
                HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/");
        assertThat(
                        HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
                                .statusCode())
                .isEqualTo(410);
        String session = cookie.substring(0, cookie.indexOf(';'));
        assertThat(withCookie("GET", "/api/v1/stop", session, "")).isEqualTo(200);
        assertThat(withCookie("POST", "/api/v1/stop", session, "")).isEqualTo(401);
        assertThat(withCookie("POST", "/api/v1/stop", session, "cross-site")).isEqualTo(401);
        assertThat(withCookie("POST", "/api/v1/stop", session, "same-origin")).isEqualTo(200);
        assertThat(withCookie("DELETE", "/api/v1/stop", session, "same-origin")).isEqualTo(200);
        assertThat(withCookie("POST", "/console/leave", session, "same-origin")).isEqualTo(204);
        assertThat(withCookie("GET", "/api/v1/stop", session, "")).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"reason\":1,\"more\":2} | body-unreadable",
                "{\"resaon\":\"typo\"}     | body-unreadable",
                "{                         | body-unreadable",
                "{\"reason\":\" \"}        | stop-needs-reason"
            })
    void answersAMistakeAsAProblemWithACode(String body, String code) throws Exception {
        HttpResponse<String> answer = call("POST", "/api/v1/stop", admin, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", "\"status\":400");
    }

    @Test
    void theExportedAuditTrailVerifiesOffline() throws Exception {
        HttpResponse<String> export = call("GET", "/api/v1/audit", admin);
        assertThat(export.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        Path file = Files.writeString(data.resolve("audit.ndjson"), export.body());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertThat(Main.verify(List.of(file.toString()), out, out)).isZero();
        assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("Intact: ");
        Files.writeString(file, export.body().replaceFirst("token-issued", "token-revoked"));
        assertThat(Main.verify(List.of(file.toString()), out, out)).isEqualTo(1);
        assertThat(Main.verify(List.of("/nowhere"), out, out)).isEqualTo(2);
    }

    private static String token(Role role) {
        Operators operators = server.getBean(Operators.class);
        String name = role + "-" + System.nanoTime();
        return operators.issue("system", name, role, Optional.empty()).secret();
    }

    private static HttpResponse<String> call(String method, String path, String token)
            throws IOException, InterruptedException {
        return call(method, path, token, "{\"reason\":\"drill\"}");
    }

    private static HttpResponse<String> call(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(method, path, body);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static int withCookie(String method, String path, String cookie, String site)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(method, path, "{\"reason\":\"drill\"}").header("Cookie", cookie);
        if (!site.isEmpty()) {
            request.header("Sec-Fetch-Site", site);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    private static HttpRequest.Builder request(String method, String path, String body) {
        int port = server.getBean(Ports.class).operator();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        method.equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
    }
}
