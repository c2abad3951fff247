package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.understudy.fleet.CertificateAuthority;
import dev.understudy.fleet.EnrolmentTokens;
import dev.understudy.fleet.TestFleet;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// The whole server while its PostgreSQL is killed under it and for a while cannot come back.
@Tag("slow")
class DatabaseAwayTest {
    @TempDir static Path data;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<String> PATHS =
            List.of(
                    "/api/v1/status",
                    "/api/v1/hosts",
                    "/api/v1/hosts/web-1",
                    "/api/v1/groups",
                    "/api/v1/patches",
                    "/api/v1/rollouts",
                    "/api/v1/quarantine",
                    "/api/v1/feeds",
                    "/api/v1/audit",
                    "/api/v1/tokens",
                    "/api/v1/nothing",
                    "/actuator/prometheus",
                    "/");
    private static WebServerApplicationContext server;
    private static String admin = "";

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
    void everyCallSaysThatTheDatabaseIsAwayAndGoesOnOnceItIsBack() throws Exception {
        String token =
                server.getBean(EnrolmentTokens.class)
                        .create("test", "unassigned", Duration.ofHours(1))
                        .text();
        byte[] enrolment =
                Wire.encode(new Enrolment.Request(token, "web-1", "m", TestFleet.signingRequest()));
        Path control = data.resolve("postgres/data/global/pg_control");
        Path aside = control.resolveSibling("pg_control.aside");
        try (HttpClient agent = HttpClient.newBuilder().sslContext(trustsAuthority()).build()) {
            Files.move(control, aside);
            killPostgres();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (String path : PATHS) {
                answers.add(send(operator(path).GET()));
            }
            answers.add(
                    send(
                            operator("/api/v1/stop")
                                    .POST(BodyPublishers.ofString("{\"reason\":\"drill\"}"))));
            answers.add(agent.sendAsync(enrol(enrolment), BodyHandlers.ofString()));
            answers.forEach(answer -> requireAway(answer.join()));
            assertThat(health("liveness")).isEqualTo(200);
            assertThat(health("readiness")).isEqualTo(503);
            Files.move(aside, control);
            await().atMost(Duration.ofMinutes(2)).until(() -> health("readiness") == 200);
            assertThat(HTTP.send(operator("/api/v1/status").build(), BodyHandlers.ofString()))
                    .returns(200, HttpResponse::statusCode);
            assertThat(agent.send(enrol(enrolment), BodyHandlers.ofString()))
                    .as("the token was not spent, nor the attempts counted")
                    .returns(200, HttpResponse::statusCode);
        }
    }

    @Test
    void callsThatAKillCutsOffAreNoFaultOfTheServers() throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        List<CompletableFuture<Set<Integer>>> callers =
                Stream.generate(() -> CompletableFuture.supplyAsync(() -> callUntil(killed)))
                        .limit(6)
                        .toList();
        Thread.sleep(1_000);
        killPostgres();
        Thread.sleep(1_000);
        killed.set(true);
        for (CompletableFuture<Set<Integer>> caller : callers) {
            assertThat(caller.join()).contains(200).isSubsetOf(200, 503);
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> health("readiness") == 200);
    }

    private static Set<Integer> callUntil(AtomicBoolean end) {
        Set<Integer> answers = new HashSet<>();
        while (!end.get()) {
            answers.add(send(operator("/api/v1/status").GET()).join().statusCode());
            answers.add(send(operator("/api/v1/groups").GET()).join().statusCode());
        }
        return answers;
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static void requireAway(HttpResponse<String> answer) {
        String what = answer.uri() + ": " + answer.body();
        assertThat(answer.statusCode()).as(what).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type"))
                .as(what)
                .hasValueSatisfying(type -> assertThat(type).isEqualTo("application/problem+json"));
        assertThat(answer.headers().firstValue("Retry-After")).as(what).contains("5");
        JsonObject problem = JsonParser.parseString(answer.body()).getAsJsonObject();
        assertThat(problem.get("code").getAsString()).isEqualTo("database-unavailable");
        assertThat(problem.get("status").getAsInt()).isEqualTo(503);
        assertThat(problem.get("type").getAsString())
                .isEqualTo("urn:understudy:problem:database-unavailable");
    }

    private static void killPostgres() throws IOException {
        String file = Files.readString(data.resolve("postgres/data/postmaster.pid"));
        ProcessHandle postmaster =
                ProcessHandle.of(Long.parseLong(file.lines().findFirst().orElseThrow()))
                        .orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().join();
    }

    private static int health(String group) throws IOException, InterruptedException {
        URI uri =
                URI.create(
                        "http://127.0.0.1:%d/actuator/health/%s"
                                .formatted(server.getBean(Ports.class).operator(), group));
        return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest.Builder operator(String path) {
        int port = server.getBean(Ports.class).operator();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json");
    }

    private static HttpRequest enrol(byte[] body) {
        int port = server.getBean(Ports.class).agent();
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:%d/agent/v1/enrol".formatted(port)))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
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
}
