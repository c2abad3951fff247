package dev.understudy.fleet;

import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A row of `fleet.order_keys`.
///
/// @param privateKey null once it is wiped
/// @param retiresAt when it stops to count, once another key follows it
/// @param announcedBy the key before it, which signed `announcement`; null for the first one
record StoredOrderKey(
        PublicKey publicKey,
        @Nullable PrivateKey privateKey,
        Instant createdAt,
        @Nullable Instant retiresAt,
        @Nullable Instant retiredAt,
        @Nullable String announcedBy,
        @Nullable String announcement) {

    String id() {
        return OrderKeys.idOf(publicKey);
    }

    boolean retired() {
        return retiredAt != null;
    }

    PrivateKey getPrivate() {
        if (privateKey == null) {
            throw new IllegalStateException(
                    "the private half of order key %s is wiped".formatted(id()));
        }
        return privateKey;
    }

    OrderKey published() {
        return new OrderKey(
                id(),
                Base64.getEncoder().encodeToString(publicKey.getEncoded()),
                retiredAt == null ? retiresAt : retiredAt);
    }

    KeyNotice notice() {
        return new KeyNotice(published(), announcedBy, announcement);
    }

    @Override
    public String toString() {
        return "order key " + id();
    }
}
