package dev.understudy.protocol;

import java.time.Instant;

/// One order for one host. Valid only for `host`, from `issuedAt` until `notAfter`; `nonce` makes
/// each order unique, so that the same bytes are never carried out twice.
public record Order(
        OrderId id, HostId host, Instant issuedAt, Instant notAfter, String nonce, OrderBody body) {
    public Order {
        Require.present(id, "order id");
        Require.present(host, "host id");
        Require.present(issuedAt, "issuedAt");
        Require.present(notAfter, "notAfter");
        Require.matching(nonce, "nonce", "[0-9a-zA-Z_-]{16,64}");
        Require.present(body, "body");
        if (!notAfter.isAfter(issuedAt)) {
            throw new IllegalArgumentException(
                    "order %s ends (%s) before it starts (%s)".formatted(id, notAfter, issuedAt));
        }
    }
}
