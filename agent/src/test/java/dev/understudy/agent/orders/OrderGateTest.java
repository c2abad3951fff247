package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.SignedOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderGateTest {
    @TempDir Path folder;
    private Fixture host;

    @BeforeEach
    void newHost() {
        host = new Fixture(folder);
    }

    @Test
    void letsInWhatIsSignedForThisHostAndWithinTheLease() {
        for (OrderBody body :
                List.of(
                        new OrderBody.Refresh(),
                        new OrderBody.Rehearse(Fixture.PLAN, Duration.ZERO, Duration.ofHours(1)),
                        Fixture.apply(),
                        new OrderBody.Restore(Fixture.CHECKPOINT),
                        new OrderBody.RestartUnits(List.of("nginx.service")),
                        new OrderBody.Reboot())) {
            Order order = host.order(body);
            assertThat(host.gate.judge(host.sign(order))).isEqualTo(new Judgement.LetIn(order));
        }
        assertThat(host.journal.open()).hasSize(6);
        assertThat(host.journal.pending(100))
                .extracting(AgentEvent::report)
                .containsOnly(new Report.Accepted());
    }

    @Test
    void refusesAKeyThatItDoesNotKnow() {
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder other =
                SignedOrder.sign(order, "0123456789abcdef", Fixture.newKey().getPrivate());
        host.assertRefused(other, Refusal.UNKNOWN_KEY, order.id());
    }

    @Test
    void refusesAForgedSignatureUnderAKnownKeysName() {
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder forged = SignedOrder.sign(order, host.keyId, Fixture.newKey().getPrivate());
        host.assertRefused(forged, Refusal.BAD_SIGNATURE, order.id());
    }

    @Test
    void refusesAnOrderAlteredAtAnyByte() {
        SignedOrder signed = host.sign(host.order(Fixture.apply()));
        byte[] payload = Base64.getDecoder().decode(signed.payload());
        for (int i = 0; i < payload.length; i++) {
            byte[] altered = payload.clone();
            altered[i] ^= 0x01;
            SignedOrder bent =
                    new SignedOrder(
                            signed.keyId(),
                            Base64.getEncoder().encodeToString(altered),
                            signed.signature());
            assertThat(Fixture.code(host.gate.judge(bent)))
                    .as("byte %d", i)
                    .isEqualTo(Refusal.BAD_SIGNATURE);
        }
        byte[] signature = Base64.getDecoder().decode(signed.signature());
        for (int i = 0; i < signature.length; i++) {
            byte[] altered = signature.clone();
            altered[i] ^= 0x01;
            SignedOrder bent =
                    new SignedOrder(
                            signed.keyId(),
                            signed.payload(),
                            Base64.getEncoder().encodeToString(altered));
            assertThat(Fixture.code(host.gate.judge(bent)))
                    .as("signature byte %d", i)
                    .isEqualTo(Refusal.BAD_SIGNATURE);
        }
        for (int i = 0; i < signed.keyId().length(); i++) {
            char other = signed.keyId().charAt(i) == '0' ? '1' : '0';
            String keyId = signed.keyId().substring(0, i) + other + signed.keyId().substring(i + 1);
            SignedOrder bent = new SignedOrder(keyId, signed.payload(), signed.signature());
            assertThat(Fixture.code(host.gate.judge(bent)))
                    .as("key id %d", i)
                    .isEqualTo(Refusal.UNKNOWN_KEY);
        }
        assertThat(host.journal.open()).isEmpty();
    }

    @Test
    void refusesSignedBytesThatAreNotAnOrder() throws Exception {
        byte[] shell =
                """
                {"id":"%s","host":"%s","issuedAt":"2026-11-23T12:00:00Z",\
                "notAfter":"2026-11-23T13:00:00Z","nonce":"nonce-nonce-nonce-1",\
                "body":{"type":"Shell","command":"id"}}"""
                        .formatted(OrderId.random(), host.host)
                        .getBytes(StandardCharsets.UTF_8);
        host.assertRefused(host.signedBytes(shell), Refusal.MALFORMED, null);
    }

    @Test
    void refusesAnOrderForAnotherHost() {
        Order order = host.order(new OrderBody.Refresh());
        Order foreign =
                new Order(
                        order.id(),
                        HostId.random(),
                        order.issuedAt(),
                        order.notAfter(),
                        order.nonce(),
                        order.body());
        host.assertRefused(host.sign(foreign), Refusal.FOREIGN_HOST, order.id());
    }

    @Test
    void refusesWhatHasEndedAndWhatHasNotBegun() {
        Order order = host.order(new OrderBody.Refresh());
        host.pass(Duration.ofMinutes(15));
        host.assertRefused(host.sign(order), Refusal.EXPIRED, order.id());

        Order early = host.order(new OrderBody.Refresh());
        host.now = host.now.minus(OrderGate.EARLY).minusSeconds(1);
        host.assertRefused(host.sign(early), Refusal.NOT_YET_VALID, early.id());
        Order slightlyEarly = host.order(new OrderBody.Refresh());
        host.now = host.now.minus(OrderGate.EARLY);
        assertThat(host.gate.judge(host.sign(slightlyEarly))).isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void takesASecondDeliveryOfARunningOrderForWhatItIs() {
        SignedOrder signed = host.sign(host.order(new OrderBody.Refresh()));
        host.gate.judge(signed);
        assertThat(host.gate.judge(signed)).isEqualTo(new Judgement.DeliveredBefore());
        assertThat(host.journal.open()).hasSize(1);
        assertThat(host.journal.pending(10)).hasSize(1);
    }

    @Test
    void refusesAReplayAfterTheOrderEndedAlsoAfterARestart() {
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder signed = host.sign(order);
        host.gate.judge(signed);
        host.journal.report(order.id(), new Report.Rebooted("6.1.0"));
        assertThat(host.gate.judge(signed))
                .as("the end is not acknowledged yet")
                .isEqualTo(new Judgement.DeliveredBefore());
        host.journal.acknowledged(2);
        host.restart();
        host.leaseFor(Duration.ofMinutes(5), false);
        host.assertRefused(signed, Refusal.REPLAYED, order.id());
        assertThat(host.gate.judge(signed))
                .as("reported once")
                .isEqualTo(new Judgement.DeliveredBefore());
    }

    @Test
    void refusesAnotherOrderWithAUsedIdOrNonceWithoutEndingTheFirst() {
        Order order = host.order(new OrderBody.Refresh());
        host.gate.judge(host.sign(order));
        Order sameId =
                new Order(
                        order.id(),
                        order.host(),
                        order.issuedAt(),
                        order.notAfter(),
                        "another-nonce-123",
                        new OrderBody.Reboot());
        host.assertRefused(host.sign(sameId), Refusal.REPLAYED, null);
        Order sameNonce =
                new Order(
                        OrderId.random(),
                        order.host(),
                        order.issuedAt(),
                        order.notAfter(),
                        order.nonce(),
                        new OrderBody.Reboot());
        host.assertRefused(host.sign(sameNonce), Refusal.REPLAYED, sameNonce.id());
        assertThat(host.journal.open()).extracting(OpenOrder::order).containsExactly(order);
    }

    @Test
    void remembersARefusedOrderSoThatItIsNeverCarriedOutLater() {
        host.leaseFor(Duration.ofMinutes(5), true);
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder signed = host.sign(order);
        host.assertRefused(signed, Refusal.STOPPED, order.id());
        host.journal.acknowledged(1);
        host.restart();
        host.leaseFor(Duration.ofMinutes(5), false);
        host.assertRefused(signed, Refusal.REPLAYED, order.id());
    }

    @Test
    void refusesAnApplyWithoutItsRehearsalAndAnUnknownCheckpoint() {
        Order apply =
                host.order(
                        new OrderBody.Apply(
                                Fixture.PLAN,
                                OrderId.random(),
                                Duration.ZERO,
                                Duration.ofMinutes(30),
                                OrderBody.RebootPolicy.NEVER));
        host.assertRefused(host.sign(apply), Refusal.NOT_REHEARSED, apply.id());
        Order restore = host.order(new OrderBody.Restore("another"));
        host.assertRefused(host.sign(restore), Refusal.UNKNOWN_CHECKPOINT, restore.id());
    }

    @Test
    void refusesWhatIsInQuarantineWhoeverAsksForIt() {
        Order begun = host.order(Fixture.apply());
        assertThat(host.gate.judge(host.sign(begun))).isInstanceOf(Judgement.LetIn.class);
        host.quarantined = Optional.of("It answers 503.");
        Order later = host.order(Fixture.apply());
        host.assertRefused(host.sign(later), Refusal.QUARANTINED, later.id());
        assertThat(Fixture.code(host.gate.judgeByHand(host.order(Fixture.apply()))))
                .isEqualTo(Refusal.QUARANTINED);
        for (boolean byHand : List.of(true, false)) {
            assertThat(host.gate.mayNotBegin(begun, byHand).map(Report.Refused::code))
                    .contains(Refusal.QUARANTINED);
            assertThat(host.gate.mayNotChange(begun, byHand).map(Report.Refused::code))
                    .contains(Refusal.QUARANTINED);
        }
        Order rehearse =
                host.order(
                        new OrderBody.Rehearse(
                                Fixture.PLAN, Duration.ZERO, Duration.ofMinutes(30)));
        assertThat(host.gate.judge(host.sign(rehearse))).isInstanceOf(Judgement.LetIn.class);
        host.quarantined = Optional.empty();
        assertThat(host.gate.mayNotBegin(begun, false)).isEmpty();
    }

    @Test
    void refusesMoreThanItCanQueue() {
        for (int i = 0; i < OrderGate.MOST_WAITING; i++) {
            host.gate.judge(host.sign(host.order(new OrderBody.Refresh())));
        }
        Order order = host.order(new OrderBody.Refresh());
        host.assertRefused(host.sign(order), Refusal.BUSY, order.id());
    }
}
