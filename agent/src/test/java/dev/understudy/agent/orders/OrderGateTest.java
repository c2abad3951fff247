package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.SignedOrder;
import dev.understudy.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
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
        assertRefused(other, Refusal.UNKNOWN_KEY, order.id());
    }

    @Test
    void refusesAForgedSignatureUnderAKnownKeysName() {
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder forged = SignedOrder.sign(order, host.keyId, Fixture.newKey().getPrivate());
        assertRefused(forged, Refusal.BAD_SIGNATURE, order.id());
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
            assertThat(code(host.gate.judge(bent)))
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
            assertThat(code(host.gate.judge(bent)))
                    .as("signature byte %d", i)
                    .isEqualTo(Refusal.BAD_SIGNATURE);
        }
        for (int i = 0; i < signed.keyId().length(); i++) {
            char other = signed.keyId().charAt(i) == '0' ? '1' : '0';
            String keyId = signed.keyId().substring(0, i) + other + signed.keyId().substring(i + 1);
            SignedOrder bent = new SignedOrder(keyId, signed.payload(), signed.signature());
            assertThat(code(host.gate.judge(bent)))
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
        assertRefused(signedBytes(shell), Refusal.MALFORMED, null);
    }

    private SignedOrder signedBytes(byte[] payload) throws Exception {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(host.key.getPrivate());
        signer.update("understudy-order-v1\0".getBytes(StandardCharsets.US_ASCII));
        signer.update(payload);
        return new SignedOrder(
                host.keyId,
                Base64.getEncoder().encodeToString(payload),
                Base64.getEncoder().encodeToString(signer.sign()));
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
        assertRefused(host.sign(foreign), Refusal.FOREIGN_HOST, order.id());
    }

    @Test
    void refusesWhatHasEndedAndWhatHasNotBegun() {
        Order order = host.order(new OrderBody.Refresh());
        host.pass(Duration.ofMinutes(15));
        assertRefused(host.sign(order), Refusal.EXPIRED, order.id());

        Order early = host.order(new OrderBody.Refresh());
        host.now = host.now.minus(OrderGate.EARLY).minusSeconds(1);
        assertRefused(host.sign(early), Refusal.NOT_YET_VALID, early.id());
        Order slightlyEarly = host.order(new OrderBody.Refresh());
        host.now = host.now.minus(OrderGate.EARLY);
        assertThat(host.gate.judge(host.sign(slightlyEarly))).isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void judgesByTheControlPlanesTimeWhenTheHostsClockIsWrong() {
        Order order = host.order(new OrderBody.Reboot());
        host.now = host.now.minus(Duration.ofDays(400));
        host.lease.renew(
                new CheckInAnswer(
                        order.issuedAt().plusSeconds(5),
                        Duration.ofSeconds(30),
                        order.issuedAt().plusSeconds(65),
                        false,
                        0,
                        false,
                        List.of()),
                host.nanos.get());
        assertThat(host.gate.judge(host.sign(order))).isInstanceOf(Judgement.LetIn.class);
        assertThat(host.lease.clockBehind()).isEqualTo(Duration.ofDays(400).plusSeconds(5));
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
        assertRefused(signed, Refusal.REPLAYED, order.id());
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
        assertRefused(host.sign(sameId), Refusal.REPLAYED, null);
        Order sameNonce =
                new Order(
                        OrderId.random(),
                        order.host(),
                        order.issuedAt(),
                        order.notAfter(),
                        order.nonce(),
                        new OrderBody.Reboot());
        assertRefused(host.sign(sameNonce), Refusal.REPLAYED, sameNonce.id());
        assertThat(host.journal.open()).extracting(OpenOrder::order).containsExactly(order);
    }

    @Test
    void remembersARefusedOrderSoThatItIsNeverCarriedOutLater() {
        host.leaseFor(Duration.ofMinutes(5), true);
        Order order = host.order(new OrderBody.Reboot());
        SignedOrder signed = host.sign(order);
        assertRefused(signed, Refusal.STOPPED, order.id());
        host.journal.acknowledged(1);
        host.restart();
        host.leaseFor(Duration.ofMinutes(5), false);
        assertRefused(signed, Refusal.REPLAYED, order.id());
    }

    @Test
    void changesNothingInObserveModeButRehearsesAndRefreshes() {
        host.policy = LocalPolicy.observing();
        for (OrderBody body :
                List.of(
                        Fixture.apply(),
                        new OrderBody.Restore(Fixture.CHECKPOINT),
                        new OrderBody.RestartUnits(List.of("nginx.service")),
                        new OrderBody.Reboot())) {
            Order order = host.order(body);
            assertRefused(host.sign(order), Refusal.OBSERVE_MODE, order.id());
            assertThat(code(host.gate.judgeByHand(host.order(body))))
                    .isEqualTo(Refusal.OBSERVE_MODE);
        }
        OrderBody rehearse =
                new OrderBody.Rehearse(Fixture.PLAN, Duration.ZERO, Duration.ofHours(1));
        assertThat(host.gate.judge(host.sign(host.order(rehearse))))
                .isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void obeysTheOwnersPolicyBeforeTheControlPlane() {
        host.policy =
                new LocalPolicy(
                        Mode.MANAGED,
                        List.of("ngin?", "linux-image-*"),
                        true,
                        false,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of());
        Order apply = host.order(Fixture.apply());
        assertRefused(host.sign(apply), Refusal.LOCAL_POLICY, apply.id());
        Order reboot = host.order(new OrderBody.Reboot());
        assertRefused(host.sign(reboot), Refusal.LOCAL_POLICY, reboot.id());
        Order undo = host.order(new OrderBody.Restore(Fixture.CHECKPOINT));
        assertThat(host.gate.judge(host.sign(undo))).isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void takesAPersonsWordForARehearsalOnlyWhereTheOwnerAllowsItAndNothingFailed() {
        Order refused = host.order(Fixture.accepted());
        assertThat(
                        assertRefused(host.sign(refused), Refusal.LOCAL_POLICY, refused.id())
                                .report()
                                .detail())
                .contains("allowUnrehearsed");

        host.policy =
                new LocalPolicy(
                        Mode.MANAGED,
                        List.of(),
                        false,
                        true,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of());
        assertThat(host.gate.judge(host.sign(host.order(Fixture.accepted()))))
                .isInstanceOf(Judgement.LetIn.class);
        OrderBody.Apply accepted = Fixture.accepted();
        Order without =
                host.order(
                        new OrderBody.Apply(
                                accepted.plan(),
                                accepted.rehearsal(),
                                accepted.soak(),
                                accepted.limit(),
                                accepted.reboot()));
        assertRefused(host.sign(without), Refusal.NOT_REHEARSED, without.id());
        Order failed =
                host.order(
                        new OrderBody.Apply(
                                accepted.plan(),
                                OrderId.random(),
                                accepted.soak(),
                                accepted.limit(),
                                accepted.reboot(),
                                accepted.acceptedWithoutRehearsal()));
        assertRefused(host.sign(failed), Refusal.NOT_REHEARSED, failed.id());
    }

    /// Signed by the right key, but for another plan than the one that the person saw.
    @Test
    void refusesAnAcceptanceOfAnotherPlan() throws Exception {
        host.policy =
                new LocalPolicy(
                        Mode.MANAGED,
                        List.of(),
                        false,
                        true,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of());
        Order order = host.order(Fixture.accepted());
        String bent =
                new String(Wire.encode(order), StandardCharsets.UTF_8)
                        .replace("1.22.1-9+deb12u2", "1.22.1-9+deb12u3");
        assertRefused(signedBytes(bent.getBytes(StandardCharsets.UTF_8)), Refusal.MALFORMED, null);
    }

    @Test
    void refusesEveryChangeWhenThePolicyCannotBeRead() {
        host.policy =
                new LocalPolicy(
                        Mode.OBSERVE,
                        List.of(),
                        true,
                        false,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of("policy.json: mode is 'managd'"));
        for (OrderBody body : List.of(Fixture.apply(), new OrderBody.Restore(Fixture.CHECKPOINT))) {
            Order order = host.order(body);
            Judgement.TurnedAway away =
                    assertRefused(host.sign(order), Refusal.LOCAL_POLICY, order.id());
            assertThat(away.report().detail()).contains("managd");
        }
    }

    @Test
    void needsALeaseForChangesAndObeysTheStop() {
        host.leaseFor(Duration.ofMinutes(1), false);
        host.pass(Duration.ofMinutes(1));
        Order late = host.order(new OrderBody.Reboot());
        assertRefused(host.sign(late), Refusal.NO_LEASE, late.id());
        host.leaseFor(Duration.ofMinutes(5), true);
        Order stopped = host.order(new OrderBody.Reboot());
        assertRefused(host.sign(stopped), Refusal.STOPPED, stopped.id());
        assertThat(host.gate.judge(host.sign(host.order(new OrderBody.Refresh()))))
                .isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void keepsALeaseNoLongerWhenTheClockIsSetBack() {
        host.leaseFor(Duration.ofMinutes(1), false);
        host.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        host.now = host.now.minus(Duration.ofHours(1));
        assertThat(host.lease.held()).isFalse();
    }

    @Test
    void hasNoLeaseAfterARestart() {
        host.restart();
        assertThat(host.lease.held()).isFalse();
        Order order = host.order(new OrderBody.Reboot());
        assertRefused(host.sign(order), Refusal.NO_LEASE, order.id());
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
        assertRefused(host.sign(apply), Refusal.NOT_REHEARSED, apply.id());
        Order restore = host.order(new OrderBody.Restore("another"));
        assertRefused(host.sign(restore), Refusal.UNKNOWN_CHECKPOINT, restore.id());
    }

    @Test
    void refusesMoreThanItCanQueue() {
        for (int i = 0; i < OrderGate.MOST_WAITING; i++) {
            host.gate.judge(host.sign(host.order(new OrderBody.Refresh())));
        }
        Order order = host.order(new OrderBody.Refresh());
        assertRefused(host.sign(order), Refusal.BUSY, order.id());
    }

    private Judgement.TurnedAway assertRefused(
            SignedOrder signed, Refusal code, @org.jspecify.annotations.Nullable OrderId order) {
        Judgement judgement = host.gate.judge(signed);
        assertThat(code(judgement)).isEqualTo(code);
        AgentEvent event = host.journal.pending(10_000).getLast();
        assertThat(event.report()).isInstanceOf(Report.Refused.class);
        assertThat(((Report.Refused) event.report()).code()).isEqualTo(code);
        assertThat(event.order()).isEqualTo(order);
        return (Judgement.TurnedAway) judgement;
    }

    private static Refusal code(Judgement judgement) {
        assertThat(judgement).isInstanceOf(Judgement.TurnedAway.class);
        return ((Judgement.TurnedAway) judgement).report().code();
    }
}
