package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Signals, Alertmanager's webhook and health queries over the REST API of the whole server.
class SignalsApiTest {
    @TempDir static Path data;
    private static WebServerApplicationContext server;
    private static OperatorCalls api;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        api = new OperatorCalls(server, TestServer.admin(data));
        TestFleet fleet = TestFleet.on(server.getBean(Database.class), InstantSource.system());
        fleet.checkIn(
                fleet.enrol("web-1", "web", SampleInventory.with("3.0.15-1~deb12u1")), List.of());
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void aSignalIsTakenAndShown() throws Exception {
        assertThat(
                        api.call(
                                "POST",
                                "/signals",
                                """
                                {"signals": [{"host": "web-1", "kind": "DiskErrors",
                                              "severity": "critical"}]}""",
                                200))
                .contains("\"began\":1");
        JsonArray shown =
                JsonParser.parseString(api.call("GET", "/symptoms", "", 200))
                        .getAsJsonObject()
                        .getAsJsonArray("items");
        assertThat(shown)
                .anySatisfy(
                        s ->
                                assertThat(s.toString())
                                        .contains("signal DiskErrors", "web-1", "token:"));
        assertThat(api.call("GET", "/audit", "", 200)).contains("integration.signals-told");
    }

    /// As in Alertmanager's documentation.
    @Test
    void alertmanagersWebhookIsTaken() throws Exception {
        String body =
                """
                {"version": "4", "groupKey": "{}:{alertname=\\"Slow\\"}", "truncatedAlerts": 0,
                 "status": "firing", "receiver": "understudy",
                 "groupLabels": {"alertname": "Slow"}, "commonLabels": {}, "commonAnnotations": {},
                 "externalURL": "https://alerts.example",
                 "alerts": [{"status": "%s",
                             "labels": {"alertname": "Slow", "instance": "web-1:9100",
                                        "severity": "page"},
                             "annotations": {"summary": "p99 is 4 s"},
                             "startsAt": "%s", "endsAt": "%s",
                             "generatorURL": "https://prometheus.example/graph",
                             "fingerprint": "0123456789abcdef"},
                            {"status": "firing", "labels": {"alertname": "Watchdog"},
                             "annotations": {}, "startsAt": "%s",
                             "endsAt": "0001-01-01T00:00:00Z"}]}
                """;
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        assertThat(
                        api.call(
                                "POST",
                                "/signals/alertmanager",
                                body.formatted("firing", now, "0001-01-01T00:00:00Z", now),
                                200))
                .contains("\"began\":1", "\"unknownHosts\":[\"(no host)\"]");
        assertThat(
                        api.call(
                                "POST",
                                "/signals/alertmanager",
                                body.formatted("resolved", now, now, now),
                                200))
                .contains("\"ended\":1");
    }

    @Test
    void whatCannotBeRightIsRefused() throws Exception {
        assertThat(api.call("POST", "/signals", "{", 400)).contains("body-unreadable");
        assertThat(api.call("POST", "/signals", "{}", 400)).contains("value-missing");
        assertThat(api.call("POST", "/signals", "{\"signals\":[null]}", 400))
                .contains("value-missing");
        assertThat(api.call("POST", "/signals", "{\"signals\":[]}", 400))
                .contains("signals-number");
        assertThat(
                        api.call(
                                "POST",
                                "/signals",
                                "{\"signals\":[{\"host\":\"web-1\",\"kind\":\"X\",\"severity\":\"dire\"}]}",
                                400))
                .contains("signal-invalid");
        assertThat(api.call("POST", "/signals/alertmanager", "{\"version\":\"3\"}", 400))
                .contains("webhook-version");
        assertThat(api.call("POST", "/signals", " ".repeat(5 << 20), 413)).contains("too-large");
        OperatorCalls nobody = new OperatorCalls(server, "us_nobody");
        nobody.call("POST", "/signals", "{\"signals\":[]}", 401);
        nobody.call("POST", "/signals/alertmanager", "{}", 401);
    }

    @Test
    void queriesAreSetShownAndRemoved() throws Exception {
        String query =
                """
                {"url": "http://127.0.0.1:9", "query": "up", "breachedWhen": "below",
                 "threshold": 1}""";
        assertThat(api.call("PUT", "/health-queries/Up", query, 200))
                .contains("\"hostLabel\":\"instance\"", "\"breachedWhen\":\"BELOW\"");
        assertThat(api.call("PUT", "/health-queries/Up", query.replace("below", "beside"), 400))
                .contains("health-query-invalid");
        assertThat(
                        api.call(
                                "PUT",
                                "/health-queries/Up",
                                query.replace("\"url\"", "\"group\": \"nobody\", \"url\""),
                                404))
                .contains("group-not-found");
        api.call("DELETE", "/health-queries/Up", "", 204);
        api.call("DELETE", "/health-queries/Up", "", 404);
    }
}
