package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Rules of autonomy, plans, objections and escalations over the REST API of the whole server.
class ConsentApiTest {
    @TempDir static Path data;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static WebServerApplicationContext server;
    private static String admin = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        admin = TestServer.admin(data);
        TestFleet fleet = TestFleet.on(server.getBean(Database.class), InstantSource.system());
        fleet.checkIn(
                fleet.enrol("web-1", "web", SampleInventory.with("3.0.15-1~deb12u1")), List.of());
        call("PUT", "/groups/web", "{\"policy\":{\"autonomy\":\"RECOMMEND\"}}", 200);
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void aGroupsRulesAreDecidedAndShownInTheirOrder() throws Exception {
        JsonObject view =
                json(
                        call(
                                "PUT",
                                "/groups/web/autonomy",
                                """
                                {"rules": [{"patchClass": "KERNEL", "autonomy": "APPROVE"},
                                           {"deadlineClass": "THREE_DAYS", "autonomy": "VETO",
                                            "veto": "PT4H"}],
                                 "emergencySoak": "PT2M"}""",
                                200));
        assertThat(view.get("otherwise").getAsString()).isEqualTo("RECOMMEND");
        assertThat(view).isEqualTo(json(call("GET", "/groups/web/autonomy", "", 200)));
        JsonObject autonomy = view.getAsJsonObject("autonomy");
        assertThat(autonomy.get("veto").getAsString()).isEqualTo("PT24H");
        assertThat(
                        autonomy.getAsJsonArray("rules")
                                .get(1)
                                .getAsJsonObject()
                                .get("veto")
                                .getAsString())
                .isEqualTo("PT4H");
        assertThat(call("PUT", "/groups/web/autonomy", "{\"veto\": \"PT0S\"}", 400))
                .contains("autonomy-invalid");
        call("GET", "/groups/nobody/autonomy", "", 404);
    }

    @Test
    void aPlanIsShownWordForWordAndWhatDoesNotFitIsRefused() throws Exception {
        JsonObject started =
                json(call("POST", "/rollouts", "{\"hosts\":[\"web-1\"],\"security\":true}", 201));
        String path = "/rollouts/" + started.getAsJsonObject("summary").get("id").getAsString();
        String plan = call("GET", path + "/plan", "", 200);
        assertThat(plan).startsWith("understudy plan 1\n").contains("\nchange ", " wave 0 ");
        assertThat(Digests.sha256(plan)).hasSize(64);
        assertThat(started.getAsJsonObject("consent").get("rule").getAsString())
                .contains("recommend by");
        assertThat(call("POST", path + "/object", "{\"reason\":\"no\"}", 409)).contains("not-now");
        assertThat(call("POST", path + "/lift", "{\"reason\":\"no\"}", 409)).contains("not-now");
        assertThat(call("POST", path + "/object", "{}", 400)).contains("reason-missing");
        assertThat(json(call("GET", path + "/approvals", "", 200)).getAsJsonArray("items"))
                .isEmpty();
        assertThat(json(call("GET", path + "/triage", "", 200)).getAsJsonArray("items")).isEmpty();
    }

    @Test
    void escalationsAreListedAlsoInTheStatus() throws Exception {
        assertThat(json(call("GET", "/escalations", "", 200)).getAsJsonArray("items")).isEmpty();
        assertThat(json(call("GET", "/status", "", 200)).getAsJsonArray("escalations")).isEmpty();
        assertThat(
                        call(
                                "POST",
                                "/escalations/00000000-0000-0000-0000-000000000001/acknowledge",
                                "{\"note\":\"seen\"}",
                                404))
                .contains("escalation-not-found");
    }

    private static String call(String method, String path, String body, int expected)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                HTTP.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:%d/api/v1%s"
                                                        .formatted(
                                                                Objects.requireNonNull(
                                                                                server
                                                                                        .getWebServer())
                                                                        .getPort(),
                                                                path)))
                                .header("Authorization", "Bearer " + admin)
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(expected);
        return answer.body();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
