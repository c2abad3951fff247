package dev.understudy.agent.link;

import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom a connection believes. Never the machine's own list of authorities: only the control
/// plane's one, known by its certificate or, before enrolment, by its fingerprint. The server's
/// name is checked in both cases.
final class Tls {
    private static final char[] IN_MEMORY = "in memory only".toCharArray();

    private Tls() {}

    /// For an enrolled host: shows its certificate, believes its authority.
    static SSLContext of(Identity identity) throws LinkException {
        try {
            KeyStore own = empty();
            own.setKeyEntry(
                    "host",
                    identity.key(),
                    IN_MEMORY,
                    new X509Certificate[] {identity.certificate(), identity.authority()});
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, IN_MEMORY);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    keys.getKeyManagers(),
                    new TrustManager[] {believing(identity.authority())},
                    new SecureRandom());
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new LinkException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /// Before enrolment: believes the authority whose certificate has this SHA-256.
    static SSLContext believingFingerprint(String fingerprint) throws LinkException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    null, new TrustManager[] {new ByFingerprint(fingerprint)}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new LinkException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static X509ExtendedTrustManager believing(X509Certificate authority)
            throws CertificateException {
        try {
            KeyStore store = empty();
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("the authority cannot be used", e);
        }
    }

    /// Looks for the authority in the chain that the server shows, by its fingerprint, and checks
    /// the chain and the server's name against it as usual.
    private static final class ByFingerprint extends X509ExtendedTrustManager {
        private final String fingerprint;

        ByFingerprint(String fingerprint) {
            this.fingerprint = fingerprint;
        }

        private X509ExtendedTrustManager authorityIn(X509Certificate[] chain)
                throws CertificateException {
            for (X509Certificate certificate : chain) {
                if (sha256(certificate).equals(fingerprint)) {
                    return believing(certificate);
                }
            }
            throw new CertificateException(
                    "the server's certificate does not come from the authority of the token (%s)"
                            .formatted(fingerprint));
        }

        private static String sha256(X509Certificate certificate)
                throws CertificateEncodingException {
            return Digests.sha256(certificate.getEncoded());
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            authorityIn(chain).checkServerTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            authorityIn(chain).checkServerTrusted(chain, authType, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("the server's name could not be checked");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("the agent has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("the agent has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("the agent has no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
