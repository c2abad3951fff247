package dev.understudy.agent.link;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Certificates and requests as text (RFC 7468).
final class Pem {
    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    static String of(String label, byte[] der) {
        return """
        -----BEGIN %1$s-----
        %2$s
        -----END %1$s-----
        """
                .formatted(label, LINES.encodeToString(der));
    }

    /// The certificates in the text, at least one.
    static List<X509Certificate> certificates(String pem) throws LinkException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pem.getBytes(StandardCharsets.US_ASCII)))) {
                certificates.add((X509Certificate) certificate);
            }
            if (certificates.isEmpty()) {
                throw new LinkException("there is no certificate where one was expected");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new LinkException("not a certificate: " + e.getMessage(), e);
        }
    }
}
