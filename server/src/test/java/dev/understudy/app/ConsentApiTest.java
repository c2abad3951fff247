package dev.understudy.app;

import static dev.understudy.app.OperatorCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Rules of autonomy, plans, objections and escalations over the REST API of the whole server.
class ConsentApiTest {
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
        api.call("PUT", "/groups/web", "{\"policy\":{\"autonomy\":\"RECOMMEND\"}}", 200);
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void aGroupsRulesAreDecidedAndShownInTheirOrder() throws Exception {
        JsonObject view =
                json(
                        api.call(
                                "PUT",
                                "/groups/web/autonomy",
                                """
                                {"rules": [{"patchClass": "KERNEL", "autonomy": "APPROVE"},
                                           {"deadlineClass": "THREE_DAYS", "autonomy": "VETO",
                                            "veto": "PT4H"}],
                                 "emergencySoak": "PT2M"}""",
                                200));
        assertThat(view.get("otherwise").getAsString()).isEqualTo("RECOMMEND");
        assertThat(view).isEqualTo(json(api.call("GET", "/groups/web/autonomy", "", 200)));
        JsonObject autonomy = view.getAsJsonObject("autonomy");
        assertThat(autonomy.get("veto").getAsString()).isEqualTo("PT24H");
        assertThat(
                        autonomy.getAsJsonArray("rules")
                                .get(1)
                                .getAsJsonObject()
                                .get("veto")
                                .getAsString())
                .isEqualTo("PT4H");
        assertThat(api.call("PUT", "/groups/web/autonomy", "{\"veto\": \"PT0S\"}", 400))
                .contains("autonomy-invalid");
        api.call("GET", "/groups/nobody/autonomy", "", 404);
    }

    @Test
    void aPlanIsShownWordForWordAndWhatDoesNotFitIsRefused() throws Exception {
        JsonObject started =
                json(
                        api.call(
                                "POST",
                                "/rollouts",
                                "{\"hosts\":[\"web-1\"],\"security\":true}",
                                201));
        String path = "/rollouts/" + started.getAsJsonObject("summary").get("id").getAsString();
        String plan = api.call("GET", path + "/plan", "", 200);
        assertThat(plan).startsWith("understudy plan 1\n").contains("\nchange ", " wave 0 ");
        assertThat(Digests.sha256(plan)).hasSize(64);
        assertThat(started.getAsJsonObject("consent").get("rule").getAsString())
                .contains("recommend by");
        assertThat(api.call("POST", path + "/object", "{\"reason\":\"no\"}", 409))
                .contains("not-now");
        assertThat(api.call("POST", path + "/lift", "{\"reason\":\"no\"}", 409))
                .contains("not-now");
        assertThat(api.call("POST", path + "/object", "{}", 400)).contains("reason-missing");
        assertThat(json(api.call("GET", path + "/approvals", "", 200)).getAsJsonArray("items"))
                .isEmpty();
        assertThat(json(api.call("GET", path + "/triage", "", 200)).getAsJsonArray("items"))
                .isEmpty();
    }

    @Test
    void escalationsAreListedAlsoInTheStatus() throws Exception {
        assertThat(json(api.call("GET", "/escalations", "", 200)).getAsJsonArray("items"))
                .isEmpty();
        assertThat(json(api.call("GET", "/status", "", 200)).getAsJsonArray("escalations"))
                .isEmpty();
        assertThat(
                        api.call(
                                "POST",
                                "/escalations/00000000-0000-0000-0000-000000000001/acknowledge",
                                "{\"note\":\"seen\"}",
                                404))
                .contains("escalation-not-found");
    }
}
