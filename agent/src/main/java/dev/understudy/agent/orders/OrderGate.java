package dev.understudy.agent.orders;

import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.SignedOrder;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Judges every order before anything else looks at it. What it does not let in is refused with a
/// code, written to the journal and reported; nothing is done in part.
///
/// Time is the control plane's, as the last check-in told it ([Lease#now]). An order may be up to
/// [#EARLY] early, since replicas' clocks differ; one that has ended is refused without grace.
public final class OrderGate {
    public static final Duration EARLY = Duration.ofMinutes(2);
    static final int MOST_WAITING = 32;

    private final HostId self;
    private final Supplier<Map<String, PublicKey>> keys;
    private final Journal journal;
    private final Supplier<LocalPolicy> policy;
    private final Lease lease;
    private final Known known;

    public OrderGate(
            HostId self,
            Supplier<Map<String, PublicKey>> keys,
            Journal journal,
            Supplier<LocalPolicy> policy,
            Lease lease,
            Known known) {
        this.self = self;
        this.keys = keys;
        this.journal = journal;
        this.policy = policy;
        this.lease = lease;
        this.known = known;
    }

    /// Lets the order in or refuses it; both are in the journal when this returns.
    public Judgement judge(SignedOrder signed) {
        PublicKey key = keys.get().get(signed.keyId());
        if (key == null) {
            return unverified(
                    signed, Refusal.UNKNOWN_KEY, "no order key %s here".formatted(signed.keyId()));
        }
        if (!signed.isSignedBy(key)) {
            return unverified(
                    signed,
                    Refusal.BAD_SIGNATURE,
                    "the signature does not match key %s".formatted(signed.keyId()));
        }
        Order order;
        try {
            order = signed.verify(key);
        } catch (WireException e) {
            return unverified(signed, Refusal.MALFORMED, String.valueOf(e.getMessage()));
        }
        String fingerprint = Digests.sha256(Wire.encode(order));
        Optional<String> before = journal.fingerprintOf(order.id(), order.nonce());
        if (before.isPresent()) {
            return again(order, fingerprint, before.get());
        }
        Optional<Report.Refused> refusal = refusal(order);
        if (refusal.isPresent()) {
            journal.refused(order, fingerprint, refusal.get());
            return new Judgement.TurnedAway(refusal.get());
        }
        journal.accepted(order, fingerprint, false);
        return new Judgement.LetIn(order);
    }

    /// Lets in what a person on the host asks for. The owner's policy and the quarantine hold for
    /// people too; the control plane's lease and stop do not.
    public Judgement judgeByHand(Order order) {
        Optional<Report.Refused> refusal = byHand(order).or(() -> byHost(order.body()));
        if (refusal.isPresent()) {
            return new Judgement.TurnedAway(refusal.get());
        }
        journal.accepted(order, Digests.sha256(Wire.encode(order)), true);
        return new Judgement.LetIn(order);
    }

    /// Why an order that was let in may not be begun now; empty if it may. Asked again just before
    /// the beginning, since it may have waited.
    Optional<Report.Refused> mayNotBegin(Order order, boolean byHand) {
        return byHand
                ? byHand(order)
                : byTime(order).or(() -> byHand(order)).or(() -> byLease(order.body()));
    }

    /// Why an order that was begun, and has not touched the host yet, may not change it now; empty
    /// if it may. Preparing takes a while, and a stop holds for whoever has not changed anything.
    /// That the order has run out since it was begun does not matter.
    Optional<Report.Refused> mayNotChange(Order order, boolean byHand) {
        return byHand(order).or(() -> byHand ? Optional.empty() : byLease(order.body()));
    }

    /// What holds for people on the host, too.
    private Optional<Report.Refused> byHand(Order order) {
        return byPolicy(order.body()).or(() -> byQuarantine(order.body()));
    }

    /// Whether it cannot be said yet if the order may be begun: the control plane has not answered
    /// since the agent started.
    boolean mustWait(OpenOrder order) {
        return !order.byHand() && order.order().body().changesHost() && !lease.known();
    }

    private Judgement unverified(SignedOrder signed, Refusal code, String detail) {
        String fingerprint =
                Digests.sha256(signed.keyId() + " " + signed.payload() + " " + signed.signature());
        if (journal.refusedBefore(fingerprint)) {
            return new Judgement.DeliveredBefore();
        }
        Report.Refused report = new Report.Refused(code, cut(detail));
        journal.refused(claimed(signed), fingerprint, report);
        return new Judgement.TurnedAway(report);
    }

    /// The order that unverified bytes claim to be, so that their sender learns what was refused;
    /// never one of ours, which it could otherwise end.
    private @Nullable OrderId claimed(SignedOrder signed) {
        try {
            OrderId id = signed.claimed().id();
            return journal.knows(id) ? null : id;
        } catch (WireException _) {
            return null;
        }
    }

    private Judgement again(Order order, String fingerprint, String before) {
        boolean same = fingerprint.equals(before);
        boolean running = journal.open(order.id()).isPresent();
        if (same && (running || journal.unheard(order.id()))) {
            return new Judgement.DeliveredBefore();
        }
        if (journal.refusedBefore(fingerprint + " again")) {
            return new Judgement.DeliveredBefore();
        }
        Report.Refused report =
                new Report.Refused(
                        Refusal.REPLAYED,
                        same
                                ? "order %s was here before and has ended".formatted(order.id())
                                : "another order with the id %s or the nonce %s was here before"
                                        .formatted(order.id(), order.nonce()));
        journal.refused(running ? null : order.id(), fingerprint + " again", report);
        return new Judgement.TurnedAway(report);
    }

    private Optional<Report.Refused> refusal(Order order) {
        if (!order.host().equals(self)) {
            return refused(
                    Refusal.FOREIGN_HOST,
                    "the order is for host %s; this is %s".formatted(order.host(), self));
        }
        Optional<Report.Refused> time = byTime(order);
        if (time.isPresent()) {
            return time;
        }
        if (journal.open().size() >= MOST_WAITING) {
            return refused(Refusal.BUSY, "%d orders are waiting already".formatted(MOST_WAITING));
        }
        return byHand(order).or(() -> byLease(order.body())).or(() -> byHost(order.body()));
    }

    private Optional<Report.Refused> byTime(Order order) {
        Instant now = lease.now();
        if (order.issuedAt().isAfter(now.plus(EARLY))) {
            return refused(
                    Refusal.NOT_YET_VALID,
                    "the order is valid from %s; it is %s".formatted(order.issuedAt(), now));
        }
        if (!order.notAfter().isAfter(now)) {
            return refused(
                    Refusal.EXPIRED,
                    "the order was valid until %s; it is %s".formatted(order.notAfter(), now));
        }
        return Optional.empty();
    }

    private Optional<Report.Refused> byPolicy(OrderBody body) {
        LocalPolicy current = policy.get();
        if (!body.changesHost()) {
            return Optional.empty();
        }
        if (current.faults().isEmpty() && current.mode() == Mode.OBSERVE) {
            return refused(
                    Refusal.OBSERVE_MODE, "this host is only observed, by its owner's policy");
        }
        return current.refusal(body, lease.localTime(ZoneId.systemDefault()))
                .flatMap(why -> refused(Refusal.LOCAL_POLICY, why));
    }

    private Optional<Report.Refused> byQuarantine(OrderBody body) {
        return body instanceof OrderBody.Apply apply
                ? known.quarantined(apply.plan()).flatMap(why -> refused(Refusal.QUARANTINED, why))
                : Optional.empty();
    }

    private Optional<Report.Refused> byLease(OrderBody body) {
        if (!body.changesHost() || lease.held()) {
            return Optional.empty();
        }
        return lease.stopped()
                ? refused(Refusal.STOPPED, "the fleet is stopped")
                : refused(Refusal.NO_LEASE, "this host's lease has ended or was never given");
    }

    private Optional<Report.Refused> byHost(OrderBody body) {
        return switch (body) {
            case OrderBody.Apply apply ->
                    known.notRehearsed(
                                    apply.rehearsal(),
                                    apply.plan(),
                                    apply.acceptedWithoutRehearsal() != null)
                            .flatMap(why -> refused(Refusal.NOT_REHEARSED, why));
            case OrderBody.Restore restore ->
                    known.hasCheckpoint(restore.checkpoint())
                            ? Optional.empty()
                            : refused(
                                    Refusal.UNKNOWN_CHECKPOINT,
                                    "there is no checkpoint %s here"
                                            .formatted(restore.checkpoint()));
            case OrderBody.Refresh _,
                    OrderBody.Rehearse _,
                    OrderBody.RestartUnits _,
                    OrderBody.Reboot _ ->
                    Optional.empty();
        };
    }

    private static Optional<Report.Refused> refused(Refusal code, String detail) {
        return Optional.of(new Report.Refused(code, cut(detail)));
    }

    private static String cut(String detail) {
        return detail.length() <= 1_000 ? detail : detail.substring(0, 1_000) + "…";
    }
}
