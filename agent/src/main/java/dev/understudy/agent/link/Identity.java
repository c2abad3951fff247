package dev.understudy.agent.link;

import dev.understudy.agent.files.WholeFile;
import dev.understudy.agent.settings.Settings;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Who this host is for the control plane, and whom it believes: key, certificates and order keys.
/// One file, `DATA/identity.json`, readable by root alone and only ever replaced whole.
public record Identity(
        HostId host,
        String server,
        String privateKey,
        String certificatePem,
        String authorityPem,
        List<Enrolment.OrderKey> orderKeys) {
    private static final String FILE = "identity.json";

    public Identity {
        orderKeys = List.copyOf(orderKeys);
        Settings.requireServer(server);
    }

    /// Checks that the answer belongs to the request before anything is kept of it.
    static Identity of(URI server, SigningRequest request, Enrolment.Answer answer)
            throws LinkException {
        Identity identity =
                new Identity(
                        answer.host(),
                        server.toString(),
                        Base64.getEncoder().encodeToString(request.key().getPrivate().getEncoded()),
                        answer.certificatePem(),
                        answer.authorityPem(),
                        answer.orderKeys());
        X509Certificate certificate = identity.certificate();
        if (!certificate.getPublicKey().equals(request.key().getPublic())) {
            throw new LinkException("the control plane's certificate is not for this host's key");
        }
        try {
            certificate.verify(identity.authority().getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new LinkException(
                    "the control plane's certificate was not issued by its authority", e);
        }
        KeyRing.of(identity.orderKeys());
        return identity;
    }

    /// Who this host is; empty if it was never enrolled.
    ///
    /// @throws LinkException if the file is there but cannot be used
    public static Optional<Identity> read(Path dataFolder) throws LinkException {
        Path file = dataFolder.resolve(FILE);
        try {
            return Optional.of(Wire.decode(Files.readAllBytes(file), Identity.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | WireException e) {
            throw new LinkException(
                    "%s cannot be used: %s. Maybe enrol this host again."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    void write(Path dataFolder) throws IOException {
        WholeFile.write(dataFolder.resolve(FILE), Wire.encode(this), WholeFile.PRIVATE);
    }

    URI address() {
        return Settings.requireServer(server);
    }

    X509Certificate certificate() throws LinkException {
        return Pem.certificates(certificatePem).getFirst();
    }

    X509Certificate authority() throws LinkException {
        return Pem.certificates(authorityPem).getFirst();
    }

    PrivateKey key() throws LinkException {
        try {
            return KeyFactory.getInstance("EC")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new LinkException("the private key cannot be used: " + e.getMessage(), e);
        }
    }

    /// The same with other order keys.
    Identity with(List<Enrolment.OrderKey> keys) {
        return new Identity(host, server, privateKey, certificatePem, authorityPem, keys);
    }

    /// When a third of the certificate's life is left.
    Instant renewAt() throws LinkException {
        Instant from = certificate().getNotBefore().toInstant();
        Instant until = certificate().getNotAfter().toInstant();
        return until.minus(Duration.between(from, until).dividedBy(3));
    }

    @Override
    public String toString() {
        return "host %s at %s".formatted(host, server);
    }
}
