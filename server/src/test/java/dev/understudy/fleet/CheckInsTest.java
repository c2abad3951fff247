package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.SignedOrder;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CheckInsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final Duration SOON = Duration.ofMinutes(5);

    private final ManualClock clock = new ManualClock();
    private Database database;
    private TestFleet fleet;
    private HostId host;

    @BeforeEach
    void enrol() {
        database = DATABASE.get();
        fleet = TestFleet.on(database, clock);
        host = fleet.enrol("web-1", Group.DEFAULT);
        database.sql("delete from platform.outbox").update();
    }

    @Test
    void anOrderIsDeliveredAgainUntilTheHostAcceptsIt() throws Exception {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        SignedOrder first = fleet.checkIn(host, List.of()).orders().getFirst();
        SignedOrder second = fleet.checkIn(host, List.of()).orders().getFirst();
        assertThat(second).isEqualTo(first);
        Order read = first.verify(orderKey(first.keyId()));
        assertThat(read.id()).isEqualTo(order);
        assertThat(read.host()).isEqualTo(host);
        assertThat(read.body()).isEqualTo(new OrderBody.Refresh());
        assertThat(state(order)).isEqualTo(OrderState.DELIVERED);
        CheckInAnswer answer = fleet.report(host, order, new Report.Accepted());
        assertThat(answer.orders()).isEmpty();
        assertThat(answer.nextPoll()).isEqualTo(FleetSettings.STANDARD.busyPoll());
        assertThat(state(order)).isEqualTo(OrderState.ACCEPTED);
    }

    @Test
    void reportsMoveTheOrderAndAreToldOnceInOrder() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        List<AgentEvent> events =
                List.of(
                        TestFleet.event(1, order, new Report.Accepted()),
                        TestFleet.event(2, order, new Report.Progress("lists", "fetching")),
                        TestFleet.event(3, order, new Report.Refreshed(7)));
        assertThat(fleet.checkIn(host, events).acknowledged()).isEqualTo(3);
        assertThat(fleet.checkIn(host, events).acknowledged()).isEqualTo(3);
        IssuedOrder ended = fleet.orders.find(order).orElseThrow();
        assertThat(ended.state()).isEqualTo(OrderState.ENDED);
        assertThat(ended.phase()).isEqualTo("lists");
        assertThat(ended.report()).isEqualTo(new Report.Refreshed(7));
        assertThat(told(AgentReported.class))
                .extracting(AgentReported::report)
                .containsExactly(
                        new Report.Accepted(),
                        new Report.Progress("lists", "fetching"),
                        new Report.Refreshed(7));
        assertThat(fleet.checkIn(host, List.of()).nextPoll())
                .isGreaterThan(FleetSettings.STANDARD.busyPoll());
    }

    @Test
    void nothingPastAGapIsAcknowledged() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        AgentEvent first = TestFleet.event(1, order, new Report.Accepted());
        AgentEvent third = TestFleet.event(3, order, new Report.Refreshed(1));
        assertThat(fleet.checkIn(host, List.of(third, first)).acknowledged()).isEqualTo(1);
        assertThat(state(order)).isEqualTo(OrderState.ACCEPTED);
        AgentEvent second = TestFleet.event(2, order, new Report.Progress("lists", ""));
        assertThat(fleet.checkIn(host, List.of(second, third)).acknowledged()).isEqualTo(3);
        assertThat(state(order)).isEqualTo(OrderState.ENDED);
    }

    @Test
    void checkInsOfOneHostAtOnceStoreEachEventOnce() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        List<AgentEvent> events =
                LongStream.rangeClosed(1, 40)
                        .mapToObj(n -> TestFleet.event(n, order, new Report.Progress("p" + n, "")))
                        .toList();
        List<CompletableFuture<CheckInAnswer>> answers = new ArrayList<>();
        for (int n = 1; n <= 12; n++) {
            List<AgentEvent> some = events.subList(0, Math.min(40, n * 5));
            answers.add(CompletableFuture.supplyAsync(() -> fleet.checkIn(host, some)));
        }
        answers.forEach(CompletableFuture::join);
        assertThat(fleet.checkIn(host, List.of()).acknowledged()).isEqualTo(40);
        assertThat(told(AgentReported.class))
                .extracting(reported -> ((Report.Progress) reported.report()).phase())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 40).mapToObj(n -> "p" + n).toList());
    }

    @Test
    void aHostCannotReportOnAnothersOrder() {
        HostId other = fleet.enrol("web-2", Group.DEFAULT);
        database.sql("delete from platform.outbox").update();
        OrderId foreign = fleet.orders.issue(other, new OrderBody.Refresh(), SOON);
        CheckInAnswer answer = fleet.report(host, foreign, new Report.Refreshed(0));
        assertThat(answer.acknowledged()).isEqualTo(1);
        assertThat(state(foreign)).isEqualTo(OrderState.QUEUED);
        assertThat(told(AgentReported.class)).isEmpty();
    }

    @Test
    void whileTheFleetIsStoppedHostsKeepWhatDoesNotChangeThem() {
        fleet.orders.issue(host, new OrderBody.Reboot(), SOON);
        OrderId refresh = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        fleet.stop.stop("test", "a drill");
        CheckInAnswer stopped = fleet.checkIn(host, List.of());
        assertThat(stopped.stop()).isTrue();
        assertThat(stopped.orders()).hasSize(1);
        assertThat(state(refresh)).isEqualTo(OrderState.DELIVERED);
        fleet.stop.release("test");
        CheckInAnswer released = fleet.checkIn(host, List.of());
        assertThat(released.stop()).isFalse();
        assertThat(released.orders()).hasSize(2);
    }

    @Test
    void theLeaseEndsSoonAfterTheLastCheckIn() {
        CheckInAnswer answer = fleet.checkIn(host, List.of());
        assertThat(answer.serverTime()).isEqualTo(clock.instant());
        assertThat(answer.leaseUntil())
                .isEqualTo(clock.instant().plus(FleetSettings.STANDARD.lease()));
    }

    @Test
    void anOrderThatRanOutIsToldOnceAndNeverDelivered() {
        OrderId queued = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        clock.pass(SOON);
        assertThat(fleet.checkIn(host, List.of()).orders()).isEmpty();
        fleet.expireOrders.run();
        fleet.expireOrders.run();
        assertThat(state(queued)).isEqualTo(OrderState.EXPIRED);
        assertThat(told(OrderExpired.class))
                .filteredOn(expired -> expired.host().equals(host))
                .containsExactly(new OrderExpired(host, queued));
    }

    @Test
    void aDeliveredOrderIsGivenOneLeaseMoreAndTheHostHasTheLastWord() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        fleet.checkIn(host, List.of());
        clock.pass(SOON);
        fleet.expireOrders.run();
        assertThat(state(order)).isEqualTo(OrderState.DELIVERED);
        clock.pass(FleetSettings.STANDARD.lease());
        fleet.expireOrders.run();
        assertThat(state(order)).isEqualTo(OrderState.EXPIRED);
        fleet.report(host, order, new Report.Accepted(), new Report.Refreshed(2));
        assertThat(state(order)).isEqualTo(OrderState.ENDED);
    }

    @Test
    void anAcceptedOrderNeitherRunsOutNorIsTakenBack() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        fleet.report(host, order, new Report.Accepted());
        assertThat(fleet.orders.takeBack(order)).isFalse();
        clock.pass(SOON.multipliedBy(10));
        fleet.expireOrders.run();
        assertThat(state(order)).isEqualTo(OrderState.ACCEPTED);
    }

    @Test
    void anOrderThatTheHostMayHaveIsNotTakenBack() {
        OrderId delivered = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        fleet.checkIn(host, List.of());
        assertThat(fleet.orders.takeBack(delivered)).isFalse();
        assertThat(state(delivered)).isEqualTo(OrderState.DELIVERED);
        OrderId runOut = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        clock.pass(SOON);
        assertThat(fleet.orders.takeBack(runOut)).isFalse();
        assertThat(state(runOut)).isEqualTo(OrderState.QUEUED);
    }

    @Test
    void aNewBootIdIsAReboot() {
        HostIdentity who = fleet.identity(host);
        fleet.checkIns.checkIn(who, TestFleet.says("boot-1", List.of(), List.of()));
        fleet.checkIns.checkIn(who, TestFleet.says("boot-1", List.of(), List.of()));
        assertThat(told(HostRebooted.class)).isEmpty();
        fleet.checkIns.checkIn(who, TestFleet.says("boot-2", List.of(), List.of()));
        assertThat(told(HostRebooted.class)).containsExactly(new HostRebooted(host));
    }

    @Test
    void checkpointsAreAsTheHostLastSaidThem() {
        HostIdentity who = fleet.identity(host);
        var kept = new CheckpointInfo("cp-1", clock.instant(), "p".repeat(64), 4096);
        var more = new CheckpointInfo("cp-2", clock.instant().plusSeconds(5), "", 1);
        fleet.checkIns.checkIn(who, TestFleet.says("b", List.of(), List.of(kept, more)));
        assertThat(fleet.checkpoints.of(host)).containsExactly(more, kept);
        fleet.checkIns.checkIn(who, TestFleet.says("b", List.of(), List.of(kept)));
        assertThat(fleet.checkpoints.of(host)).containsExactly(kept);
        fleet.checkIns.checkIn(who, TestFleet.says("b", List.of(), List.of()));
        assertThat(fleet.checkpoints.of(host)).isEmpty();
    }

    @Test
    void theInventoryIsWantedUntilItIsThere() {
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        assertThat(wanted(inventory)).isTrue();
        fleet.inventory(host, inventory);
        fleet.inventory(host, inventory);
        assertThat(wanted(inventory)).isFalse();
        assertThat(told(InventoryChanged.class))
                .containsExactly(new InventoryChanged(host, inventory.shapeDigest()));
        assertThat(fleet.hosts.get(host).platform()).isEqualTo(inventory.platform());
        assertThat(fleet.hosts.get(host).managed()).isTrue();
    }

    @Test
    void rememberWhichShapeTheHostHadWhen() {
        ShapeHistory history = new ShapeHistory(database);
        Inventory older = SampleInventory.with("3.0.15-1~deb12u1");
        Inventory newer = SampleInventory.with("3.0.17-1~deb12u2");
        fleet.inventory(host, older);
        var before = clock.instant();
        clock.pass(Duration.ofHours(1));
        fleet.inventory(host, newer);
        assertThat(history.at(host, before)).contains(older.shapeDigest());
        assertThat(history.at(host, clock.instant())).contains(newer.shapeDigest());
        fleet.inventory(host, older);
        assertThat(history.at(host, clock.instant())).contains(older.shapeDigest());
        assertThat(history.at(host, before.minusSeconds(1))).isEmpty();
    }

    @Test
    void aRetiredHostIsOutAtOnce() {
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), SOON);
        fleet.retireHost.retire("test", host);
        fleet.retireHost.retire("test", host);
        assertThatThrownBy(() -> fleet.checkIn(host, List.of()))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.code()).isEqualTo("certificate-revoked"));
        assertThat(state(order)).isEqualTo(OrderState.CANCELLED);
        assertThat(told(HostRetired.class)).containsExactly(new HostRetired(host));
    }

    @Test
    void theOldCertificateEndsWhenTheNewOneIsFirstUsed() {
        HostIdentity old = fleet.identity(host);
        KeyPair key = CertificateAuthority.newKey();
        Enrolment.Answer renewed =
                fleet.enrolments.renew(
                        old,
                        new Enrolment.Renewal(TestFleet.signingRequest(key, "SHA256withECDSA")));
        assertThat(renewed.host()).isEqualTo(host);
        fleet.checkIns.checkIn(old, TestFleet.says("b", List.of(), List.of()));
        HostIdentity next =
                fleet.certificates.identify(TestFleet.certificate(renewed.certificatePem()));
        fleet.checkIns.checkIn(next, TestFleet.says("b", List.of(), List.of()));
        assertThatThrownBy(
                        () ->
                                fleet.checkIns.checkIn(
                                        old, TestFleet.says("b", List.of(), List.of())))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("revoked");
    }

    private boolean wanted(Inventory inventory) {
        return fleet.checkIns
                .checkIn(
                        fleet.identity(host),
                        new dev.understudy.protocol.CheckIn(
                                "1.0", "b", inventory.digest(), null, List.of(), List.of()))
                .inventoryWanted();
    }

    private OrderState state(OrderId order) {
        return fleet.orders.find(order).orElseThrow().state();
    }

    /// The events of a class that were published, in their order.
    private <E> List<E> told(Class<E> event) {
        return database.sql("select body from platform.outbox where event = :event order by id")
                .param("event", "fleet." + event.getSimpleName())
                .query((row, _) -> Json.read(row.getString("body"), event))
                .list();
    }

    private PublicKey orderKey(String id) throws GeneralSecurityException {
        Enrolment.OrderKey published =
                fleet.orderKeys.published().stream()
                        .filter(key -> key.keyId().equals(id))
                        .findFirst()
                        .orElseThrow();
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(
                        new X509EncodedKeySpec(Base64.getDecoder().decode(published.publicKey())));
    }
}
