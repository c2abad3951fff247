package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AskHostTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private TestFleet fleet;
    private AskHost ask;
    private HostId host;

    @BeforeEach
    void enrol() {
        fleet = TestFleet.on(DATABASE.get(), clock);
        ask = new AskHost(fleet.database, fleet.orders, fleet.checkpoints, fleet.audit);
        host = fleet.enrol("web-1", Group.DEFAULT);
    }

    @Test
    void askingAgainProlongsTheRefreshThatTheHostWasNotGivenYet() {
        OrderId first = ask.refresh("token:ann", host);
        clock.pass(Duration.ofMinutes(10));
        assertThat(ask.refresh("token:bob", host)).isEqualTo(first);
        assertThat(fleet.orders.of(host, 10)).hasSize(1);
        clock.pass(Duration.ofMinutes(10));
        fleet.expireOrders.run();
        assertThat(fleet.checkIn(host, List.of()).orders()).hasSize(1);
    }

    @Test
    void aRefreshThatTheHostWasGivenMayHaveSeenTooLittle() {
        OrderId first = ask.refresh("token:ann", host);
        fleet.checkIn(host, List.of());
        assertThat(ask.refresh("token:ann", host)).isNotEqualTo(first);
    }

    @Test
    void manyWhoAskAtOnceMakeOneOrder() {
        List<CompletableFuture<OrderId>> asked =
                Stream.generate(
                                () ->
                                        CompletableFuture.supplyAsync(
                                                () -> ask.refresh("token:ann", host)))
                        .limit(8)
                        .toList();
        assertThat(asked.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(fleet.orders.of(host, 10)).hasSize(1);
    }

    @Test
    void aRetiredHostTakesNoOrders() {
        fleet.retireHost.retire("token:ann", host);
        assertThatThrownBy(() -> ask.refresh("token:ann", host))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("retired");
    }
}
