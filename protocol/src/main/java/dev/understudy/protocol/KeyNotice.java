package dev.understudy.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// An order key as a check-in answer names it, with the word of the key before it: an Ed25519
/// signature over `understudy-order-key-v1` NUL and the new key's SubjectPublicKeyInfo. A host
/// takes a new key from no one but a key that it obeys already. The very first key has no such
/// word; hosts got it when they enrolled.
///
/// @param announcedBy id of the key that signed
/// @param signature base64 without line breaks
public record KeyNotice(
        Enrolment.OrderKey key, @Nullable String announcedBy, @Nullable String signature) {
    private static final byte[] CONTEXT =
            "understudy-order-key-v1\0".getBytes(StandardCharsets.US_ASCII);

    public KeyNotice {
        Require.present(key, "key");
        if ((announcedBy == null) != (signature == null)) {
            throw new IllegalArgumentException("announcedBy and signature go together");
        }
        if (announcedBy != null) {
            Require.matching(announcedBy, "announcedBy", "[0-9a-f]{16,64}");
            Require.text(signature, "signature", 256);
        }
    }

    /// Signs `key` with the key that comes before it.
    public static KeyNotice announce(Enrolment.OrderKey key, String by, PrivateKey with) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(with);
            signer.update(CONTEXT);
            signer.update(Base64.getDecoder().decode(key.publicKey()));
            return new KeyNotice(key, by, Base64.getEncoder().encodeToString(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot announce order key " + key.keyId(), e);
        }
    }

    /// Whether `announcer` announced exactly this key.
    public boolean isAnnouncedBy(PublicKey announcer) {
        if (signature == null) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(announcer);
            verifier.update(CONTEXT);
            verifier.update(Base64.getDecoder().decode(key.publicKey()));
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (IllegalArgumentException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot check the notice of key " + key.keyId(), e);
        }
    }
}
