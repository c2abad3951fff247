package dev.understudy.app;

import static dev.understudy.app.OperatorCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.understudy.fleet.CheckIns;
import dev.understudy.fleet.Enrolments;
import dev.understudy.fleet.HostCertificates;
import dev.understudy.fleet.HostIdentity;
import dev.understudy.fleet.InventoryIntake;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.Inventory;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Hosts, groups and enrolment tokens over the REST API of the whole server.
class FleetApiTest {
    @TempDir static Path data;
    private static WebServerApplicationContext server;
    private static OperatorCalls api;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(data);
        api = new OperatorCalls(server, TestServer.admin(data));
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    /// Enrols a host with a token from the API; it has an inventory and a checkpoint.
    private static HostIdentity enrol(String name) throws Exception {
        String token =
                json(api.call("POST", "/enrolment-tokens", "{\"validity\":\"PT10M\"}", 201))
                        .get("token")
                        .getAsString();
        Enrolment.Answer answer =
                server.getBean(Enrolments.class)
                        .enrol(new Enrolment.Request(token, name, "m", TestFleet.signingRequest()));
        HostIdentity who =
                server.getBean(HostCertificates.class)
                        .identify(TestFleet.certificate(answer.certificatePem()));
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        server.getBean(InventoryIntake.class).take(who, inventory.digest(), inventory);
        server.getBean(CheckIns.class)
                .checkIn(
                        who,
                        new CheckIn(
                                "1.0",
                                "boot",
                                inventory.digest(),
                                null,
                                List.of(),
                                List.of(new CheckpointInfo("cp-1", Instant.now(), "", 7))));
        return who;
    }

    @Test
    void aHostIsShownChangedAskedAndRetired() throws Exception {
        String id = enrol("web-1").host().toString();
        JsonObject shown = json(api.call("GET", "/hosts/web-1", "", 200));
        assertThat(shown.get("id").getAsString()).isEqualTo(id);
        assertThat(shown.get("group").getAsString()).isEqualTo("unassigned");
        assertThat(shown.get("shape").getAsString()).hasSize(64);
        assertThat(shown.getAsJsonObject("platform").get("codename").getAsString())
                .isEqualTo("bookworm");
        assertThat(api.call("GET", "/hosts?group=unassigned&limit=1", "", 200)).contains(id);
        assertThat(api.call("GET", "/hosts/" + id + "/inventory", "", 200)).contains("libssl3");
        assertThat(api.call("GET", "/hosts/web-1/checkpoints", "", 200)).contains("cp-1");
        api.call("PUT", "/groups/web", "{\"exposure\":\"INTERNET\"}", 200);
        String change = "{\"group\":\"web\",\"criticality\":\"VERY_HIGH\"}";
        JsonObject changed = json(api.call("PATCH", "/hosts/web-1", change, 200));
        assertThat(changed.get("exposure").getAsString()).isEqualTo("INTERNET");
        assertThat(changed.get("criticality").getAsString()).isEqualTo("VERY_HIGH");
        api.call("POST", "/hosts/web-1/refresh", "", 202);
        api.call("POST", "/hosts/web-1/restore", "{\"checkpoint\":\"cp-1\"}", 202);
        assertThat(api.call("POST", "/hosts/web-1/restore", "{\"checkpoint\":\"cp-2\"}", 404))
                .contains("checkpoint-not-found");
        assertThat(api.call("GET", "/hosts/web-1/orders", "", 200))
                .contains("\"Restore\"", "\"Refresh\"", "QUEUED");
        api.call("DELETE", "/hosts/web-1", "", 204);
        assertThat(api.call("GET", "/hosts/web-1", "", 404)).contains("host-not-found");
        assertThat(api.call("POST", "/hosts/" + id + "/refresh", "", 409)).contains("host-retired");
        assertThat(api.call("GET", "/audit", "", 200))
                .contains(
                        "fleet.host-enrolled",
                        "fleet.host-changed",
                        "fleet.restore-ordered",
                        "fleet.host-retired");
    }

    @Test
    void aNameThatRepeatsNeedsTheId() throws Exception {
        String first = enrol("same").host().toString();
        String second = enrol("same").host().toString();
        assertThat(api.call("GET", "/hosts/same", "", 409))
                .contains("host-ambiguous", first, second);
        api.call("GET", "/hosts/" + first, "", 200);
    }

    @Test
    void aGroupHasAPolicy() throws Exception {
        String policy = "{\"policy\":{\"autonomy\":\"APPROVE\",\"canaries\":2,\"soak\":\"PT1M\"}}";
        api.call("PUT", "/groups/db", policy, 200);
        JsonObject shown = json(api.call("GET", "/groups/db", "", 200));
        assertThat(shown.getAsJsonObject("policy").get("autonomy").getAsString())
                .isEqualTo("APPROVE");
        assertThat(shown.getAsJsonObject("policy").get("canaries").getAsInt()).isEqualTo(2);
        assertThat(api.call("GET", "/groups", "", 200)).contains("\"db\"", "\"unassigned\"");
        assertThat(api.call("PUT", "/groups/db", "{\"policy\":{\"canaries\":0}}", 400))
                .contains("policy-invalid");
        api.call("PUT", "/groups/NOT%20A%20NAME", "{}", 400);
        api.call("GET", "/groups/nothing", "", 404);
    }

    @Test
    void aTokenForNoGroupOrForTooLongIsRefused() throws Exception {
        api.call("POST", "/enrolment-tokens", "{\"group\":\"nothing\"}", 404);
        api.call("POST", "/enrolment-tokens", "{\"validity\":\"P30D\"}", 400);
        String made = api.call("POST", "/enrolment-tokens", "{}", 201);
        String id = json(made).get("id").getAsString();
        assertThat(api.call("GET", "/enrolment-tokens", "", 200)).contains(id);
        api.call("DELETE", "/enrolment-tokens/" + id, "", 204);
    }

    @Test
    void theFleetIsCounted() throws Exception {
        HttpResponse<String> metrics = api.send("GET", "/actuator/prometheus", "");
        assertThat(metrics.body()).contains("understudy_hosts ", "understudy_orders_open ");
    }
}
