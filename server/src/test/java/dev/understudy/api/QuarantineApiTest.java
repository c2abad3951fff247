package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.VersionHosts;
import dev.understudy.rollout.Quarantine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QuarantineApiTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final QuarantineApi api =
            new QuarantineApi(
                    new Quarantine(database, fleet.audit, fleet.outbox, clock),
                    new VersionHosts(index),
                    new HostNames(database));

    @Test
    void saysWhichHostsHaveAVersionAllTheSame() throws IOException {
        for (String name : List.of("has-1", "has-2", "has-3")) {
            fleet.enrol(name, "has", SampleInventory.with("3.0.15-1~deb12u1"));
        }
        fleet.enrol("newer", "has", SampleInventory.with("3.0.17-1~deb12u2"));
        index.catchUp();
        UUID had = locked("bookworm/openssl/3.0.15-1~deb12u1");
        UUID elsewhere = locked("trixie/openssl/3.0.15-1~deb12u1");
        UUID nowhere = locked("bookworm/openssl/3.0.99-1");
        assertThat(api.all().items())
                .extracting(each -> each.entry().id(), QuarantineApi.Locked::stillOn)
                .contains(tuple(had, 3), tuple(elsewhere, 0), tuple(nowhere, 0));
        assertThat(Json.write(api.all().items().getFirst()))
                .startsWith("{\"id\":\"")
                .contains("\"patch\":{\"release\":\"", "\"by\":\"token:alice\"", "\"stillOn\":");
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            Page<NamedHost> part = api.hosts(had, 2, cursor);
            assertThat(part.total()).isEqualTo(3);
            part.items().forEach(each -> found.add(each.name()));
            cursor = part.cursor();
        } while (cursor != null);
        assertThat(found).containsExactlyInAnyOrder("has-1", "has-2", "has-3");
        assertThat(Whole.csv((request, response) -> api.hostsWhole(had, request, response)))
                .hasSize(4)
                .first()
                .isEqualTo("host,name,group");
        assertThatThrownBy(() -> api.hosts(UUID.randomUUID(), 2, null))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("Nothing is quarantined under");
    }

    private UUID locked(String patch) {
        return database.sql(
                        """
                        insert into rollout.quarantine (id, patch, reason, imposed_by, since)
                        values (gen_random_uuid(), :patch, 'it answers 503', 'token:alice', now())
                        returning id
                        """)
                .param("patch", patch)
                .query(UUID.class)
                .single();
    }
}
