package dev.understudy.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The messages by which a host joins.
public final class Enrolment {
    private Enrolment() {}

    /// Asks for a certificate.
    ///
    /// @param token the single-use secret
    /// @param csrPem a PKCS#10 request for a P-256 key; its subject is ignored
    public record Request(String token, String hostname, String machineId, String csrPem) {
        public Request {
            Require.text(token, "token", 256);
            Require.matching(hostname, "hostname", "[a-zA-Z0-9]([a-zA-Z0-9.-]{0,252}[a-zA-Z0-9])?");
            Require.length(machineId, "machineId", 128);
            Require.text(csrPem, "csrPem", 16_384);
        }
    }

    /// The host's identity, its certificate with the authority's, and the keys whose orders it
    /// obeys.
    public record Answer(
            HostId host, String certificatePem, String authorityPem, List<OrderKey> orderKeys) {
        public Answer {
            Require.present(host, "host id");
            Require.text(certificatePem, "certificatePem", 65_536);
            Require.text(authorityPem, "authorityPem", 65_536);
            orderKeys = List.copyOf(orderKeys);
        }
    }

    /// Asks for a new certificate before the old one ends; sent over the old one.
    public record Renewal(String csrPem) {
        public Renewal {
            Require.text(csrPem, "csrPem", 16_384);
        }
    }

    /// An Ed25519 public key: X.509 SubjectPublicKeyInfo in base64, named by the first 32 hex
    /// digits of its SHA-256.
    ///
    /// @param until when it stops to count; null while that is not known
    public record OrderKey(String keyId, String publicKey, @Nullable Instant until) {
        public OrderKey(String keyId, String publicKey) {
            this(keyId, publicKey, null);
        }

        public OrderKey {
            Require.matching(keyId, "keyId", "[0-9a-f]{16,64}");
            Require.text(publicKey, "publicKey", 1024);
        }
    }
}
