package dev.understudy.fleet;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS of the agent endpoint: this replica's own certificate, made in memory by the authority and
/// renewed long before it ends, and clients that show a certificate of the same authority or none.
///
/// A client's certificate that is over or revoked passes here, so that the endpoint can tell the
/// host what to do; [HostCertificates#identify] and [HostRows] refuse it.
public final class AgentTls {
    private static final Duration LIFE = Duration.ofDays(90);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private final CertificateAuthority authority;
    private final InstantSource clock;
    private final List<String> names;
    private volatile Identity identity;

    /// @param names host names and IP addresses by which agents reach this control plane
    public AgentTls(CertificateAuthority authority, InstantSource clock, List<String> names) {
        this.authority = authority;
        this.clock = clock;
        this.names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "The agent endpoint needs at least one name by which agents reach it.");
        }
        this.identity = newIdentity();
    }

    /// For a server that asks clients for a certificate without insisting on one.
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new OurKey()},
                    new TrustManager[] {new OurHosts()},
                    new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the agent endpoint's TLS cannot be set up", e);
        }
    }

    private record Identity(PrivateKey key, List<X509Certificate> chain, Instant renewAt) {}

    private Identity identity() {
        if (clock.instant().isAfter(identity.renewAt())) {
            identity = newIdentity();
        }
        return identity;
    }

    private Identity newIdentity() {
        Instant now = clock.instant();
        KeyPair pair = CertificateAuthority.newKey();
        X509Certificate leaf = authority.forServer(names, pair.getPublic(), now, LIFE);
        return new Identity(
                pair.getPrivate(),
                List.of(leaf, authority.certificate()),
                now.plus(LIFE).minus(RENEW_BEFORE));
    }

    private final class OurKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "agent-endpoint";

        @Override
        public String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity().chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity().key();
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(
                String keyType, Principal @Nullable [] issuers) {
            return null;
        }
    }

    private final class OurHosts extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            if (chain.length == 0 || !authority.issued(chain[0])) {
                throw new CertificateException(
                        "the client's certificate was not issued by this control plane");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("the agent endpoint calls no servers");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[] {authority.certificate()};
        }
    }
}
