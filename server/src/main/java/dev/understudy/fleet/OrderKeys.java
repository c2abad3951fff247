package dev.understudy.fleet;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.SignedOrder;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;

/// The Ed25519 keys that orders are signed with. Hosts obey all of them; the first one signs.
public final class OrderKeys {
    private final List<KeyPair> pairs;

    OrderKeys(List<KeyPair> pairs) {
        this.pairs = List.copyOf(pairs);
    }

    public SignedOrder sign(Order order) {
        KeyPair pair = pairs.getFirst();
        return SignedOrder.sign(order, idOf(pair.getPublic()), pair.getPrivate());
    }

    /// What hosts are told of the keys.
    public List<OrderKey> published() {
        return pairs.stream()
                .map(
                        pair ->
                                new OrderKey(
                                        idOf(pair.getPublic()),
                                        Base64.getEncoder()
                                                .encodeToString(pair.getPublic().getEncoded())))
                .toList();
    }

    static String idOf(PublicKey key) {
        return Digests.sha256(key.getEncoded()).substring(0, 32);
    }
}
