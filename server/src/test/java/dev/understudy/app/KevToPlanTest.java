package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.Feeds;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Policy;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.Patches;
import dev.understudy.rollout.Rollouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/// From a new entry in a served catalogue to a ranked plan, through the whole server at its own
/// pace: import, ranks, event, planner, rollout.
class KevToPlanTest {
    private static final Duration SECONDS = Duration.ofSeconds(15);
    @TempDir static Path data;

    @Test
    void aNewEntryOfTheCatalogueLeadsToARankedPlanWithinSeconds() throws IOException {
        AtomicReference<String> served = new AtomicReference<>(catalogue());
        HttpServer catalogues =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        catalogues.createContext(
                "/kev.json",
                exchange -> {
                    byte[] body = String.valueOf(served.get()).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        catalogues.start();
        URI url =
                URI.create(
                        "http://127.0.0.1:%d/kev.json"
                                .formatted(catalogues.getAddress().getPort()));
        try (ConfigurableApplicationContext server =
                (ConfigurableApplicationContext) TestServer.start(data)) {
            Feeds feeds = server.getBean(Feeds.class);
            Patches patches = server.getBean(Patches.class);
            Rollouts rollouts = server.getBean(Rollouts.class);
            assertThat(feeds.importFrom("kev", url, "token:test").outcome())
                    .isEqualTo(FeedImport.Outcome.IMPORTED);
            HostId host = hostThatNothingIsPlannedFor(server);
            DeadlineClass before = patches.forHost(host).getFirst().deadlineClass();
            String cve = patches.forHost(host).getFirst().cves().getFirst();
            assertThat(rollouts.newest(1)).isEmpty();

            served.set(catalogue(cve));
            Instant began = Instant.now();
            assertThat(feeds.importFrom("kev", url, "token:test").sentence()).contains(cve);
            assertThat(patches.forHost(host).getFirst().deadlineClass())
                    .isEqualTo(DeadlineClass.THREE_DAYS)
                    .isLessThan(before);
            Duration ranked = Duration.between(began, Instant.now());
            Awaitility.await()
                    .atMost(SECONDS)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !rollouts.newest(1).isEmpty());
            Duration planned = Duration.between(began, Instant.now());
            System.out.printf(
                    "From the entry to the new rank %d ms, to the plan %d ms%n",
                    ranked.toMillis(), planned.toMillis());
        } finally {
            catalogues.stop(0);
        }
    }

    /// While the fleet is stopped the planner lets go of the group, and nothing but the regular
    /// look every few minutes would bring it back.
    private static HostId hostThatNothingIsPlannedFor(ConfigurableApplicationContext server) {
        Database database = server.getBean(Database.class);
        FleetStop stop = server.getBean(FleetStop.class);
        stop.stop("token:test", "to begin with");
        TestFleet fleet = TestFleet.on(database, InstantSource.system());
        HostId host = fleet.enrol("kev", "kev", fresh());
        fleet.checkIn(host, List.of());
        server.getBean(Policies.class)
                .put(
                        "token:test",
                        new Policy(
                                "kev",
                                Autonomy.APPROVE,
                                1,
                                Duration.ofSeconds(30),
                                50,
                                RebootPolicy.WHEN_NEEDED));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                database.sql(
                                                        """
                                                        select (select count(*) from platform.delivery)
                                                             + (select count(*) from rollout.planning)
                                                        """)
                                                .query(Long.class)
                                                .single()
                                        == 0);
        stop.release("token:test");
        return host;
    }

    private static Inventory fresh() {
        Inventory sample = SampleInventory.with("3.0.15-1~deb12u1");
        return new Inventory(
                sample.platform(),
                sample.kernel(),
                sample.packages(),
                sample.pending(),
                sample.services(),
                sample.sockets(),
                sample.disks(),
                sample.staleProcesses(),
                sample.rebootReasons(),
                sample.capabilities(),
                Instant.now());
    }

    private static String catalogue(String... cves) {
        String day = LocalDate.now(ZoneOffset.UTC).toString();
        StringBuilder entries =
                new StringBuilder("{\"cveID\":\"CVE-2021-44228\",\"dateAdded\":\"2021-12-10\"}");
        for (String cve : cves) {
            entries.append(",{\"cveID\":\"%s\",\"dateAdded\":\"%s\"}".formatted(cve, day));
        }
        return "{\"catalogVersion\":\"%d\",\"dateReleased\":\"%sT00:00:00Z\",\"count\":%d,"
                        .formatted(cves.length, day, cves.length + 1)
                + "\"vulnerabilities\":[%s]}".formatted(entries);
    }
}
