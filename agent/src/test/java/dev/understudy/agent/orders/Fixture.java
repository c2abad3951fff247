package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.SignedOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A host with a real key, a journal in a folder, a clock moved by hand, a lease and a policy.
final class Fixture {
    static final Plan PLAN =
            new Plan(List.of(new PackageChange("nginx", "amd64", "1.22.1-9", "1.22.1-9+deb12u2")));
    static final OrderId REHEARSAL = OrderId.of("6f1e2d3c-0000-4000-8000-000000000001");
    static final OrderId INCONCLUSIVE = OrderId.of("6f1e2d3c-0000-4000-8000-000000000002");
    static final String CHECKPOINT = "checkpoint-1";

    final KeyPair key = newKey();
    final String keyId = Digests.sha256(key.getPublic().getEncoded()).substring(0, 32);
    final HostId host = HostId.random();
    final AtomicLong nanos = new AtomicLong();
    final Path folder;
    Instant now = Instant.parse("2026-11-23T12:00:00Z");
    LocalPolicy policy =
            new LocalPolicy(
                    dev.understudy.protocol.Capabilities.Mode.MANAGED,
                    List.of(),
                    false,
                    false,
                    List.of(),
                    LocalPolicy.Keep.USUAL,
                    List.of());
    Journal journal;
    Lease lease;
    OrderGate gate;

    /// Why its plan may not be installed here.
    Optional<String> quarantined = Optional.empty();

    Fixture(Path folder) {
        this.folder = folder;
        journal = open();
        lease = new Lease(() -> now, nanos::get);
        gate = newGate();
        journal.enrolled(host);
        leaseFor(Duration.ofMinutes(5), false);
    }

    /// What a new process of the agent sees.
    void restart() {
        try {
            journal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        journal = open();
        lease = new Lease(() -> now, nanos::get);
        gate = newGate();
    }

    private Journal open() {
        try {
            return Journal.open(folder, () -> now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OrderGate newGate() {
        Map<String, PublicKey> keys = Map.of(keyId, key.getPublic());
        return new OrderGate(host, () -> keys, journal, () -> policy, lease, new TestKnown());
    }

    void leaseFor(Duration duration, boolean stop) {
        lease.renew(
                new CheckInAnswer(
                        now, Duration.ofSeconds(30), now.plus(duration), stop, 0, false, List.of()),
                nanos.get());
    }

    void pass(Duration time) {
        now = now.plus(time);
        nanos.addAndGet(time.toNanos());
    }

    Order order(OrderBody body) {
        return new Order(
                OrderId.random(),
                host,
                now,
                now.plus(Duration.ofMinutes(15)),
                "nonce-" + OrderId.random(),
                body);
    }

    static OrderBody.Apply accepted() {
        return new OrderBody.Apply(
                PLAN,
                INCONCLUSIVE,
                Duration.ZERO,
                Duration.ofMinutes(30),
                OrderBody.RebootPolicy.NEVER,
                new OrderBody.Acceptance(PLAN.digest(), "ada", "no overlayfs there"));
    }

    static OrderBody apply() {
        return new OrderBody.Apply(
                PLAN,
                REHEARSAL,
                Duration.ZERO,
                Duration.ofMinutes(30),
                OrderBody.RebootPolicy.NEVER);
    }

    SignedOrder sign(Order order) {
        return SignedOrder.sign(order, keyId, key.getPrivate());
    }

    /// Signs bytes as if they were an order.
    SignedOrder signedBytes(byte[] payload) throws Exception {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(key.getPrivate());
        signer.update("understudy-order-v1\0".getBytes(StandardCharsets.US_ASCII));
        signer.update(payload);
        return new SignedOrder(
                keyId,
                Base64.getEncoder().encodeToString(payload),
                Base64.getEncoder().encodeToString(signer.sign()));
    }

    /// Has the gate judge the order, which it is to refuse with that code and to report so.
    Judgement.TurnedAway assertRefused(SignedOrder signed, Refusal code, @Nullable OrderId order) {
        Judgement judgement = gate.judge(signed);
        assertThat(code(judgement)).isEqualTo(code);
        AgentEvent event = journal.pending(10_000).getLast();
        assertThat(event.report()).isInstanceOf(Report.Refused.class);
        assertThat(((Report.Refused) event.report()).code()).isEqualTo(code);
        assertThat(event.order()).isEqualTo(order);
        return (Judgement.TurnedAway) judgement;
    }

    static Refusal code(Judgement judgement) {
        assertThat(judgement).isInstanceOf(Judgement.TurnedAway.class);
        return ((Judgement.TurnedAway) judgement).report().code();
    }

    static KeyPair newKey() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class TestKnown implements Known {
        @Override
        public Optional<String> notRehearsed(OrderId rehearsal, Plan plan, boolean accepted) {
            boolean enough =
                    rehearsal.equals(REHEARSAL) || (accepted && rehearsal.equals(INCONCLUSIVE));
            return enough && plan.digest().equals(PLAN.digest())
                    ? Optional.empty()
                    : Optional.of("no such rehearsal passed here");
        }

        @Override
        public Optional<String> quarantined(Plan plan) {
            return plan.digest().equals(PLAN.digest()) ? quarantined : Optional.empty();
        }

        @Override
        public boolean hasCheckpoint(String checkpoint) {
            return checkpoint.equals(CHECKPOINT);
        }
    }
}
