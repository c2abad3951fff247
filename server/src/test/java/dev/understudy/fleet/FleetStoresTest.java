package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FleetStoresTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private Database database;
    private Hosts hosts;
    private Shapes shapes;
    private Inventories inventories;
    private Orders orders;

    @BeforeEach
    void open() {
        database = DATABASE.get();
        hosts = new Hosts(database);
        shapes = new Shapes(database);
        inventories = new Inventories(database, shapes);
        orders = new Orders(database, clock);
    }

    private HostId host(String name, String group) {
        HostId id = HostId.random();
        hosts.add(id, name, "machine", group, clock.instant());
        return id;
    }

    @Test
    void givesBackTheInventoryWithItsPackagesFromTheShape() {
        HostId host = host("inventory-1", Group.DEFAULT);
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        String shape = inventory.shapeDigest();
        shapes.keep(shape, inventory, clock.instant());
        inventories.keep(host, inventory.digest(), shape, inventory, clock.instant());
        assertThat(inventories.latest(host)).contains(inventory);
        assertThat(inventories.latest(host).orElseThrow().digest()).isEqualTo(inventory.digest());
        assertThat(inventories.latest(HostId.random())).isEmpty();
    }

    @Test
    void keepsEachShapeAndEachPackageOnceWhileManyBringThemAtOnce() {
        List<InstalledPackage> packages =
                IntStream.range(0, 400)
                        .mapToObj(
                                n ->
                                        new InstalledPackage(
                                                "many-%03d".formatted(n),
                                                "amd64",
                                                "1." + n,
                                                "many",
                                                "1",
                                                "ii"))
                        .toList();
        List<CompletableFuture<Void>> keepers = new ArrayList<>();
        for (int n = 0; n < 8; n++) {
            Inventory inventory = SampleInventory.of(packages.subList(n, 400));
            keepers.add(
                    CompletableFuture.runAsync(
                            () ->
                                    database.inTransaction(
                                            () ->
                                                    shapes.keep(
                                                            inventory.shapeDigest(),
                                                            inventory,
                                                            clock.instant()))));
        }
        keepers.forEach(CompletableFuture::join);
        assertThat(shapes.packages(SampleInventory.of(packages).shapeDigest())).isEqualTo(packages);
        assertThat(
                        database.sql(
                                        "select count(*) from fleet.packages where source_name = 'many'")
                                .query(Integer.class)
                                .single())
                .isEqualTo(400);
    }

    @Test
    void aShapeWithoutPackagesIsAShapeToo() {
        Inventory bare = SampleInventory.of(List.of());
        shapes.keep(bare.shapeDigest(), bare, clock.instant());
        assertThat(shapes.packages(bare.shapeDigest())).isEmpty();
    }

    @Test
    void aHostIsAsItsGroupUnlessItSaysOtherwise() {
        new Groups(database)
                .put(new Group("web", Environment.STAGE, Criticality.HIGH, Exposure.INTERNET));
        HostId host = host("web-1", "web");
        assertThat(hosts.get(host))
                .extracting(Host::environment, Host::criticality, Host::exposure)
                .containsExactly(Environment.STAGE, Criticality.HIGH, Exposure.INTERNET);
        hosts.set(host, new HostSettings("web", null, Criticality.LOW, null));
        assertThat(hosts.get(host))
                .extracting(Host::environment, Host::criticality, Host::exposure)
                .containsExactly(Environment.STAGE, Criticality.LOW, Exposure.INTERNET);
        assertThat(hosts.settings(host))
                .contains(new HostSettings("web", null, Criticality.LOW, null));
        assertThat(hosts.inGroup("web")).extracting(Host::id).containsExactly(host);
    }

    @Test
    void pagesThroughHostsThatShareAName() {
        List<HostId> twins =
                IntStream.range(0, 5)
                        .mapToObj(_ -> host("same-name", Group.DEFAULT))
                        .sorted()
                        .toList();
        HostFilter filter = new HostFilter(null, "same-name", null, null, false);
        List<HostId> seen = new ArrayList<>();
        HostId after = null;
        while (true) {
            List<Host> page = hosts.page(filter, after, 2);
            if (page.isEmpty()) {
                break;
            }
            page.forEach(host -> seen.add(host.id()));
            after = seen.getLast();
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(twins).doesNotHaveDuplicates();
    }

    @Test
    void retiredHostsAreKeptButNotListedAndGetNoOrders() {
        HostId host = host("old", Group.DEFAULT);
        assertThat(hosts.retire(host, clock.instant())).isTrue();
        assertThat(hosts.retire(host, clock.instant())).isFalse();
        assertThat(hosts.allNamed("old")).isEmpty();
        assertThat(hosts.find(host)).isPresent();
        assertThatThrownBy(() -> orders.issue(host, new OrderBody.Refresh(), Duration.ofMinutes(1)))
                .hasMessageContaining("cannot get orders");
    }

    @Test
    void anOrderIsFoundAndTakenBackOnce() {
        HostId host = host("ordered", Group.DEFAULT);
        OrderId id = orders.issue(host, new OrderBody.Restore("cp-1"), Duration.ofMinutes(5));
        IssuedOrder order = orders.find(id).orElseThrow();
        assertThat(order.state()).isEqualTo(OrderState.QUEUED);
        assertThat(order.body()).isEqualTo(new OrderBody.Restore("cp-1"));
        assertThat(order.notAfter()).isEqualTo(clock.instant().plus(Duration.ofMinutes(5)));
        assertThat(orders.takeBack(id)).isTrue();
        assertThat(orders.find(id).orElseThrow().state()).isEqualTo(OrderState.CANCELLED);
        assertThat(orders.takeBack(id)).isFalse();
        assertThat(orders.takeBack(OrderId.random())).isFalse();
        assertThat(orders.of(host, 10)).extracting(IssuedOrder::id).containsExactly(id);
    }

    @Test
    void nothingIsIssuedWhenTheCallersTransactionFails() {
        HostId host = host("rolled-back", Group.DEFAULT);
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        () -> {
                                            orders.issue(
                                                    host,
                                                    new OrderBody.Refresh(),
                                                    Duration.ofMinutes(1));
                                            throw new IllegalStateException("after the order");
                                        }))
                .hasMessage("after the order");
        assertThat(orders.of(host, 10)).isEmpty();
    }
}
