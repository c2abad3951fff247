package dev.understudy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom to believe that it is the control plane, besides those whom the system believes: an
/// authority from a file, or exactly one certificate. There is no way to believe anybody.
final class Trust {
    private Trust() {}

    /// Believes certificates of these authorities for the names that they carry.
    static SSLContext authorities(Path pem) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int count = 0;
            for (Certificate certificate : certificates(pem)) {
                trusted.setCertificateEntry("ca-" + count++, certificate);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return context(factory.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(pem, e);
        }
    }

    /// Believes the first certificate in the file, under whatever name it is reached.
    static SSLContext certificate(Path pem) {
        try {
            return fingerprint(Sha256.of(certificates(pem).iterator().next().getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(pem, e);
        }
    }

    /// Believes the certificate with this SHA-256, under whatever name it is reached.
    static SSLContext fingerprint(String sha256) {
        String plain = sha256.replace(":", "").toLowerCase(Locale.ROOT);
        if (!plain.matches("[0-9a-f]{64}")) {
            throw new Failure(
                    2,
                    "'%s' is not a fingerprint; expected the 64 hex digits of a certificate's SHA-256"
                            .formatted(sha256));
        }
        try {
            return context(new TrustManager[] {new Pinned(plain)});
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static Failure unusable(Path pem, Exception e) {
        return new Failure(
                2,
                "%s cannot be used: %s. It must hold certificates in PEM."
                        .formatted(pem, e.getMessage()));
    }

    private static Collection<? extends Certificate> certificates(Path pem)
            throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new CertificateException("it holds no certificate");
            }
            return found;
        }
    }

    private static SSLContext context(TrustManager[] believed) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, believed, null);
        return context;
    }

    private static final class Pinned extends X509ExtendedTrustManager {
        private final String fingerprint;

        Pinned(String fingerprint) {
            this.fingerprint = fingerprint;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                String shown = Sha256.of(chain[0].getEncoded());
                if (!shown.equals(fingerprint)) {
                    throw new CertificateException(
                            "it shows another certificate, with the fingerprint " + shown);
                }
            } catch (GeneralSecurityException e) {
                throw e instanceof CertificateException known ? known : new CertificateException(e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
