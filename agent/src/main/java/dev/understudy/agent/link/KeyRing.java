package dev.understudy.agent.link;

import dev.understudy.agent.log.Log;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The keys whose orders count. The first ones come with the enrolment; every later one needs the
/// word of one that is here already, however trusted the connection that brings it.
record KeyRing(List<OrderKey> keys) {
    KeyRing {
        keys = List.copyOf(keys);
    }

    /// @throws LinkException if a key is not Ed25519 or its id is not its own
    static KeyRing of(List<OrderKey> keys) throws LinkException {
        for (OrderKey key : keys) {
            publicKey(key);
        }
        return new KeyRing(keys);
    }

    /// The keys that count at this time, by their ids.
    Map<String, PublicKey> valid(Instant now) {
        Map<String, PublicKey> valid = new HashMap<>();
        for (OrderKey key : keys) {
            if (inForce(key, now)) {
                usable(key).ifPresent(found -> valid.put(key.keyId(), found));
            }
        }
        return valid;
    }

    /// The ring once the control plane has said which keys it has. Keys that it no longer has are
    /// dropped; if none of its keys can be believed, nothing changes.
    KeyRing after(List<KeyNotice> notices, Instant now) {
        Map<String, PublicKey> believed = new HashMap<>();
        keys.forEach(key -> usable(key).ifPresent(found -> believed.put(key.keyId(), found)));
        List<OrderKey> next = new ArrayList<>();
        List<KeyNotice> open = new ArrayList<>(notices);
        for (boolean more = true; more; ) {
            more = open.removeIf(notice -> believe(notice, believed, next));
        }
        next.removeIf(key -> !inForce(key, now));
        for (KeyNotice stranger : open) {
            Log.warn(
                    "order key %s is not believed: no key that is obeyed here announced it",
                    stranger.key().keyId());
        }
        return next.isEmpty() ? this : new KeyRing(next);
    }

    private static boolean believe(
            KeyNotice notice, Map<String, PublicKey> believed, List<OrderKey> next) {
        String id = notice.key().keyId();
        @Nullable PublicKey known = believed.get(id);
        if (known == null) {
            @Nullable PublicKey announcer = believed.get(String.valueOf(notice.announcedBy()));
            known =
                    announcer != null && notice.isAnnouncedBy(announcer)
                            ? usable(notice.key()).orElse(null)
                            : null;
        }
        // The bytes of a key that is known already are those that came first.
        if (known == null || !known.equals(usable(notice.key()).orElse(null))) {
            return false;
        }
        believed.put(id, known);
        next.add(notice.key());
        return true;
    }

    private static boolean inForce(OrderKey key, Instant now) {
        @Nullable Instant until = key.until();
        return until == null || until.isAfter(now);
    }

    private static java.util.Optional<PublicKey> usable(OrderKey key) {
        try {
            return java.util.Optional.of(publicKey(key));
        } catch (LinkException e) {
            Log.warn("%s", e.getMessage());
            return java.util.Optional.empty();
        }
    }

    private static PublicKey publicKey(OrderKey key) throws LinkException {
        try {
            byte[] encoded = Base64.getDecoder().decode(key.publicKey());
            if (!Digests.sha256(encoded).startsWith(key.keyId())) {
                throw new LinkException(
                        "order key %s is not the key of that id".formatted(key.keyId()));
            }
            return KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new LinkException(
                    "order key %s cannot be used: %s".formatted(key.keyId(), e.getMessage()), e);
        }
    }

    @Override
    public String toString() {
        return keys.stream()
                .map(
                        key ->
                                key.until() == null
                                        ? key.keyId()
                                        : "%s until %s".formatted(key.keyId(), key.until()))
                .collect(Collectors.joining(", "));
    }
}
