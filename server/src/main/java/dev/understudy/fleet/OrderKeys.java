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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The Ed25519 keys that orders are signed with, as the database has them: the newest one signs,
/// hosts obey all that are not retired. A replica hears of another one's rotation within [#FRESH];
/// until then it signs with the former key, which hosts still obey.
public final class OrderKeys {
    static final Duration FRESH = Duration.ofSeconds(2);

    private final Supplier<List<StoredOrderKey>> read;
    private final InstantSource clock;
    private @Nullable Snapshot snapshot;

    OrderKeys(Supplier<List<StoredOrderKey>> read, InstantSource clock) {
        this.read = read;
        this.clock = clock;
    }

    /// @param keys newest first, retired ones too
    private record Snapshot(List<StoredOrderKey> keys, Instant at) {}

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
    synchronized void changed() {
        snapshot = null;
    }

    private synchronized List<StoredOrderKey> keys() {
        Instant now = clock.instant();
        Snapshot current = snapshot;
        if (current == null || !now.isBefore(current.at().plus(FRESH))) {
            current = new Snapshot(read.get(), now);
            snapshot = current;
        }
        return current.keys();
    }

    static String idOf(PublicKey key) {
        return Digests.sha256(key.getEncoded()).substring(0, 32);
    }
}
