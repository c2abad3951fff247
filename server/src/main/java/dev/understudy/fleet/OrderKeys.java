package dev.understudy.fleet;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.SignedOrder;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// The Ed25519 keys that orders are signed with, as the database has them: the newest one signs,
/// hosts obey all that are not retired. A replica hears of another one's rotation within [#FRESH];
/// until then it signs with the former key, which hosts still obey.
public final class OrderKeys {
    static final Duration FRESH = Duration.ofSeconds(2);

    private final Supplier<List<StoredOrderKey>> read;
    private final InstantSource clock;
    private final AtomicReference<Snapshot> snapshot = new AtomicReference<>(nothingYet());

    OrderKeys(Supplier<List<StoredOrderKey>> read, InstantSource clock) {
        this.read = read;
        this.clock = clock;
    }

    /// @param keys newest first, retired ones too
    /// @param until when they have to be read again
    private record Snapshot(List<StoredOrderKey> keys, Instant until) {}

    public SignedOrder sign(Order order) {
        StoredOrderKey key = signer(keys());
        return SignedOrder.sign(order, key.id(), key.getPrivate());
    }

    /// What a host that enrols is told of the keys.
    public List<OrderKey> published() {
        return keys().stream()
                .filter(key -> !key.retired())
                .map(StoredOrderKey::published)
                .toList();
    }

    /// What enrolled hosts are told: every key with the word of the one before it, so that a host
    /// that was away over several rotations finds its way from the key that it knows.
    List<KeyNotice> notices() {
        return keys().stream().map(StoredOrderKey::notice).toList();
    }

    static StoredOrderKey signer(List<StoredOrderKey> newestFirst) {
        return newestFirst.stream()
                .filter(key -> !key.retired())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("fleet.order_keys has no key that signs"));
    }

    /// Reads the keys anew at the next use.
    void changed() {
        snapshot.set(nothingYet());
    }

    /// Nobody waits for another's read: who does may hold the very connection that the read needs.
    private List<StoredOrderKey> keys() {
        Instant now = clock.instant();
        Snapshot current = Objects.requireNonNull(snapshot.get());
        if (now.isBefore(current.until())) {
            return current.keys();
        }
        Snapshot next = new Snapshot(read.get(), now.plus(FRESH));
        // What was read before a change says nothing about the time after it.
        snapshot.compareAndSet(current, next);
        return next.keys();
    }

    private static Snapshot nothingYet() {
        return new Snapshot(List.of(), Instant.MIN);
    }

    static String idOf(PublicKey key) {
        return Digests.sha256(key.getEncoded()).substring(0, 32);
    }
}
