package dev.understudy.app;

import static dev.understudy.app.OperatorCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Forecasts, their calibration and the rehearsals of a rollout over the REST API of the whole
/// server.
class ForecastsApiTest {
    @TempDir static Path data;
    private static WebServerApplicationContext server;
    private static OperatorCalls api;
    private static String rollout = "";

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(data);
        api = new OperatorCalls(server, TestServer.admin(data));
        TestFleet fleet = TestFleet.on(server.getBean(Database.class), InstantSource.system());
        for (int i = 1; i <= 3; i++) {
            HostId host = fleet.enrol("web-" + i, "web", SampleInventory.with("3.0.15-1~deb12u1"));
            fleet.checkIn(host, List.of());
        }
        api.call("PUT", "/groups/web", "{\"policy\":{\"autonomy\":\"RECOMMEND\"}}", 200);
        rollout =
                json(api.call("POST", "/rollouts", "{\"group\":\"web\",\"security\":true}", 201))
                        .getAsJsonObject("summary")
                        .get("id")
                        .getAsString();
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void aRolloutHasItsForecastMadeAgainFromItsRecord() throws Exception {
        JsonObject forecast = json(api.call("GET", "/rollouts/" + rollout + "/forecast", "", 200));
        assertThat(forecast.get("hosts").getAsInt()).isEqualTo(3);
        assertThat(forecast.get("replays").getAsBoolean()).isTrue();
        assertThat(forecast.get("recounts").getAsBoolean()).isTrue();
        assertThat(forecast.get("any").getAsDouble()).isBetween(0.001, 0.5);
        assertThat(forecast.get("low").getAsInt())
                .isLessThanOrEqualTo(forecast.get("high").getAsInt());
        JsonArray parts = forecast.getAsJsonArray("parts");
        assertThat(parts).hasSize(1);
        assertThat(parts.get(0).getAsJsonObject().get("patch").getAsString())
                .contains("bookworm/openssl/");
        assertThat(parts.get(0).getAsJsonObject().get("version").getAsDouble()).isZero();
    }

    @Test
    void theSentenceIsTheSameWhereverItIsTold() throws Exception {
        String sentence =
                json(api.call("GET", "/rollouts/" + rollout + "/forecast", "", 200))
                        .get("sentence")
                        .getAsString();
        assertThat(sentence).startsWith("Forecast: ").contains("of 3 hosts fail");
        JsonArray items =
                json(api.call("GET", "/forecasts?rollout=" + rollout, "", 200))
                        .getAsJsonArray("items");
        assertThat(items).hasSize(1);
        assertThat(items.get(0).getAsJsonObject().get("sentence").getAsString())
                .isEqualTo(sentence);
        assertThat(items.get(0).getAsJsonObject().get("rollout").getAsString()).isEqualTo(rollout);
    }

    @Test
    void whatHasNoForecastSaysSo() throws Exception {
        String nobody = "00000000-0000-0000-0000-000000000001";
        assertThat(
                        json(api.call("GET", "/forecasts?rollout=" + nobody, "", 200))
                                .getAsJsonArray("items"))
                .isEmpty();
        assertThat(api.call("GET", "/rollouts/" + nobody + "/forecast", "", 404)).contains("code");
        api.call("GET", "/forecasts", "", 400);
        api.call("GET", "/forecasts?rollout=mine", "", 400);
    }

    @Test
    void calibrationHasItsBinsBeforeAnythingWasScored() throws Exception {
        JsonObject table = json(api.call("GET", "/calibration", "", 200));
        assertThat(table.get("rollouts").getAsInt()).isZero();
        assertThat(table.getAsJsonArray("bins"))
                .isNotEmpty()
                .allSatisfy(
                        bin ->
                                assertThat(bin.getAsJsonObject().get("rollouts").getAsInt())
                                        .isZero());
        api.call("GET", "/calibration?limit=0", "", 200);
        api.call("GET", "/calibration?limit=many", "", 400);
    }

    @Test
    void theRehearsalsOfARolloutAreShownClassByClass() throws Exception {
        JsonObject view = json(api.call("GET", "/rollouts/" + rollout + "/rehearsals", "", 200));
        assertThat(view.get("hosts").getAsInt()).isEqualTo(3);
        assertThat(view.get("rehearsed").getAsInt()).isEqualTo(3);
        assertThat(view.get("spared").getAsInt()).isZero();
        // Agents that do not tell their configuration are each a class of their own.
        assertThat(view.getAsJsonArray("classes")).hasSize(3);
        assertThat(view.getAsJsonArray("items")).hasSize(3);
        api.call("GET", "/rollouts/00000000-0000-0000-0000-000000000001/rehearsals", "", 404);
    }

    @Test
    void aGroupSaysWhoRehearsesFirst() throws Exception {
        JsonObject shown =
                json(
                        api.call(
                                "PUT",
                                "/groups/classes",
                                "{\"policy\":{\"trials\":{\"who\":\"PER_CLASS\",\"leaveOutPercent\":20}}}",
                                200));
        JsonObject trials = shown.getAsJsonObject("policy").getAsJsonObject("trials");
        assertThat(trials.get("who").getAsString()).isEqualTo("PER_CLASS");
        assertThat(trials.get("leaveOutPercent").getAsDouble()).isEqualTo(20);
        assertThat(
                        api.call(
                                "PUT",
                                "/groups/classes",
                                "{\"policy\":{\"trials\":{\"leaveOutPercent\":51}}}",
                                400))
                .contains("policy-invalid", "0 to 50");
        JsonObject usual = json(api.call("GET", "/groups/web", "", 200));
        assertThat(
                        usual.getAsJsonObject("policy")
                                .getAsJsonObject("trials")
                                .get("who")
                                .getAsString())
                .isEqualTo("EVERY_HOST");
    }
}
