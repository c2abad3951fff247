package dev.understudy.protocol;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Base64;

/// An order as it travels: the exact bytes that were signed, so nothing has to be canonical, with
/// an Ed25519 signature (RFC 8032) over `understudy-order-v1` NUL payload. Base64 without line
/// breaks.
public record SignedOrder(String keyId, String payload, String signature) {
    private static final byte[] CONTEXT =
            "understudy-order-v1\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    public SignedOrder {
        Require.matching(keyId, "keyId", "[0-9a-f]{16,64}");
        Require.text(payload, "payload", 4 << 20);
        Require.text(signature, "signature", 256);
    }

    public static SignedOrder sign(Order order, String keyId, PrivateKey key) {
        byte[] payload = Wire.encode(order);
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(CONTEXT);
            signer.update(payload);
            Base64.Encoder base64 = Base64.getEncoder();
            return new SignedOrder(
                    keyId, base64.encodeToString(payload), base64.encodeToString(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign order " + order.id(), e);
        }
    }

    /// Whether `key` signed exactly this payload. Text that is not canonical base64 was not.
    public boolean isSignedBy(PublicKey key) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(CONTEXT);
            verifier.update(bytes(payload));
            return verifier.verify(bytes(signature));
        } catch (IllegalArgumentException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot check with key " + keyId, e);
        }
    }

    /// The order inside, once its signature was verified with `key`.
    ///
    /// @throws WireException if the signature is wrong or what was signed is not an order
    public Order verify(PublicKey key) throws WireException {
        if (!isSignedBy(key)) {
            throw new WireException("the order's signature does not match key " + keyId);
        }
        return Wire.decode(bytes(payload), Order.class);
    }

    /// What the payload claims to be, **not verified**: good for nothing but naming it to people
    /// when it is refused.
    ///
    /// @throws WireException if the payload is not an order
    public Order claimed() throws WireException {
        try {
            return Wire.decode(bytes(payload), Order.class);
        } catch (IllegalArgumentException e) {
            throw new WireException("the payload is not base64: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(String base64) {
        byte[] decoded = Base64.getDecoder().decode(base64);
        if (!Base64.getEncoder().encodeToString(decoded).equals(base64)) {
            throw new IllegalArgumentException("not canonical base64");
        }
        return decoded;
    }
}
