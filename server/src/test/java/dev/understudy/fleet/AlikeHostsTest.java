package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.ListeningSocket;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Which hosts are ranked together.
class AlikeHostsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, new ManualClock());

    private static Inventory with(
            Inventory of, List<ListeningSocket> sockets, List<DiskSpace> disks) {
        return new Inventory(
                of.platform(),
                of.kernel(),
                of.packages(),
                of.pending(),
                of.services(),
                sockets,
                disks,
                List.of(),
                List.of(),
                of.capabilities(),
                Instant.parse("2026-11-23T06:00:00Z"));
    }

    @Test
    void disksAndTimesDoNotSetHostsApartAndWhatListensDoes() {
        Inventory one = SampleInventory.with("3.0.15-1");
        HostId first = fleet.enrol("one", "alike", one);
        HostId second =
                fleet.enrol(
                        "two",
                        "alike",
                        with(one, one.sockets(), List.of(new DiskSpace("/", 9, 3))));
        HostId listens =
                fleet.enrol(
                        "three",
                        "alike",
                        with(
                                one,
                                List.of(new ListeningSocket("tcp", "0.0.0.0", 4711, "x", "")),
                                one.disks()));
        HostId older = fleet.enrol("four", "alike", SampleInventory.with("3.0.14-1"));
        fleet.enrol("elsewhere", "not-alike", one);

        assertThat(AlikeHosts.find(database, "alike", Set.of()))
                .extracting(each -> each.one() + " " + each.hosts())
                .containsExactlyInAnyOrder(
                        List.of(first, second).stream().min(byId()).orElseThrow() + " 2",
                        listens + " 1",
                        older + " 1");
        AlikeHosts alone = AlikeHosts.find(database, first).orElseThrow();
        assertThat(AlikeHosts.find(database, "alike", Set.of(second))).contains(alone);
        assertThat(alone.hosts()).isEqualTo(1);

        fleet.retireHost.retire("token:ann", second);
        assertThat(AlikeHosts.find(database, "alike", Set.of()))
                .extracting(AlikeHosts::one)
                .containsExactlyInAnyOrder(first, listens, older);
        assertThat(AlikeHosts.find(database, second)).isEmpty();
        assertThat(AlikeHosts.find(database, HostId.random())).isEmpty();
    }

    private static java.util.Comparator<HostId> byId() {
        return java.util.Comparator.comparing(each -> each.value().toString());
    }

    /// As an older control plane left it.
    @Test
    void anInventoryFromBeforeIsLikeNoOther() {
        HostId first = fleet.enrol("old-1", "before", SampleInventory.with("3.0.15-1"));
        HostId second = fleet.enrol("old-2", "before", SampleInventory.with("3.0.15-1"));
        database.sql("update fleet.inventories set alike = '' where host in (:a, :b)")
                .param("a", first.value())
                .param("b", second.value())
                .update();
        assertThat(AlikeHosts.find(database, "before", Set.of())).hasSize(2);
    }
}
