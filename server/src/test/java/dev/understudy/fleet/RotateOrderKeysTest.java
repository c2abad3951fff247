package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.SignedOrder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RotateOrderKeysTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private final ManualClock clock = new ManualClock();
    private Database database;
    private TestFleet fleet;
    private HostId host;

    @BeforeEach
    void enrol() {
        database = DATABASE.get();
        fleet = TestFleet.on(database, clock);
        host = fleet.enrol("web-1", Group.DEFAULT);
    }

    @Test
    void theNewKeySignsAndTheFormerOneVouchesForItAndRetires() {
        fleet.orders.issue(host, new OrderBody.Refresh(), Duration.ofHours(1));
        SignedOrder byFormer = fleet.checkIn(host, List.of()).orders().getFirst();
        RotateOrderKeys.Key next = fleet.rotateOrderKeys.rotate("admin", Duration.ofMinutes(10));
        assertThat(next.state()).isEqualTo("SIGNS");
        SignedOrder byNext = fleet.checkIn(host, List.of()).orders().getFirst();
        assertThat(byNext.payload()).isEqualTo(byFormer.payload());
        assertThat(byNext.keyId()).isEqualTo(next.id()).isNotEqualTo(byFormer.keyId());
        KeyNotice notice =
                Objects.requireNonNull(fleet.checkIn(host, List.of()).orderKeys()).getFirst();
        assertThat(notice.key().keyId()).isEqualTo(next.id());
        assertThat(notice.announcedBy()).isEqualTo(byFormer.keyId());
        assertThat(fleet.orderKeys.published()).hasSize(2);
        clock.pass(Duration.ofMinutes(11));
        fleet.rotateOrderKeys.retire();
        assertThat(fleet.orderKeys.published())
                .singleElement()
                .returns(next.id(), dev.understudy.protocol.Enrolment.OrderKey::keyId);
        assertThat(
                        database.sql(
                                        "select private_key is null from fleet.order_keys"
                                                + " where key_id = :id")
                                .param("id", byFormer.keyId())
                                .query(Boolean.class)
                                .single())
                .as("the private half of a retired key is gone")
                .isTrue();
        assertThat(
                        database.sql("select action from governance.audit_entry")
                                .query(String.class)
                                .list())
                .contains("fleet.order-key-rotated", "fleet.order-key-retired");
    }

    @Test
    void anotherReplicaHearsOfTheRotation() {
        TestFleet replica = TestFleet.on(database, clock);
        String former = replica.orderKeys.published().getFirst().keyId();
        RotateOrderKeys.Key next = fleet.rotateOrderKeys.rotate("admin", Duration.ofDays(1));
        clock.pass(OrderKeys.FRESH);
        assertThat(replica.orderKeys.published().getFirst().keyId())
                .isEqualTo(next.id())
                .isNotEqualTo(former);
    }

    @Test
    void aValidityThatCannotBeIsRefused() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(91))) {
            assertThatThrownBy(() -> fleet.rotateOrderKeys.rotate("admin", wrong))
                    .isInstanceOf(Problem.class)
                    .hasMessageContaining(wrong.toString());
        }
    }
}
