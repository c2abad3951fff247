package dev.understudy.fleet;

import dev.understudy.platform.ReadAgain;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.SignedOrder;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// The Ed25519 keys that orders are signed with, as the database has them: the newest one signs,
/// hosts obey all that are not retired. A replica hears of another one's rotation within [#FRESH];
/// until then it signs with the former key, which hosts still obey.
public final class OrderKeys {
    static final Duration FRESH = Duration.ofSeconds(2);

    /// Newest first, retired ones too.
    private final ReadAgain<List<StoredOrderKey>> keys;

    OrderKeys(Supplier<List<StoredOrderKey>> read, InstantSource clock) {
        this.keys = new ReadAgain<>(read, FRESH, clock);
    }

    public SignedOrder sign(Order order) {
        StoredOrderKey key = signer(keys.get());
        return SignedOrder.sign(order, key.id(), key.getPrivate());
    }

    /// What a host that enrols is told of the keys.
    public List<OrderKey> published() {
        return keys.get().stream()
                .filter(key -> !key.retired())
                .map(StoredOrderKey::published)
                .toList();
    }

    /// What enrolled hosts are told: every key with the word of the one before it, so that a host
    /// that was away over several rotations finds its way from the key that it knows.
    List<KeyNotice> notices() {
        return keys.get().stream().map(StoredOrderKey::notice).toList();
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
        keys.changed();
    }

    static String idOf(PublicKey key) {
        return Digests.sha256(key.getEncoded()).substring(0, 32);
    }
}
