package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.TestFleet;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The other end of the agent endpoint: keys by keytool in a PKCS#12 file, requests by the JDK's
/// HTTP client, trust by the authority's fingerprint.
final class TestAgent implements AutoCloseable {
    static final String PASSWORD = "test-password";
    private final URI base;
    private final String fingerprint;
    private final Path keys;
    private boolean insistent;
    private boolean byKeytool;
    private @Nullable PrivateKey key;
    private @Nullable HttpClient client;

    TestAgent(int port, String fingerprint, Path keys) {
        this.base = URI.create("https://127.0.0.1:" + port + "/agent/v1/");
        this.fingerprint = fingerprint;
        this.keys = keys;
    }

    /// Makes a key pair and a request for a certificate by keytool, as the agent does.
    String newSigningRequestByKeytool() throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                "host",
                "-dname",
                "CN=ignored",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1");
        byKeytool = true;
        return keytool("-certreq", "-alias", "host");
    }

    /// The same without the program.
    String newSigningRequest() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        key = pair.getPrivate();
        return TestFleet.signingRequest(pair, "SHA256withECDSA");
    }

    /// Takes the certificate that was issued for the key.
    void install(String certificatePem, String authorityPem) throws Exception {
        if (byKeytool) {
            Path chain = keys.resolveSibling(keys.getFileName() + ".pem");
            Files.writeString(chain, certificatePem + authorityPem);
            keytool("-importcert", "-noprompt", "-alias", "host", "-file", chain.toString());
        } else {
            show(TestFleet.certificate(certificatePem), TestFleet.certificate(authorityPem));
        }
        close();
    }

    /// From now on it shows the certificate it has, also to those who would not take it: at first
    /// the one that keytool made for itself.
    void insistOnOwn() {
        insistent = true;
    }

    private void show(X509Certificate... chain) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("host", key, PASSWORD.toCharArray(), chain);
        try (OutputStream out = Files.newOutputStream(keys)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path))
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpClient client() throws GeneralSecurityException, IOException {
        if (client == null) {
            client = HttpClient.newBuilder().sslContext(context()).build();
        }
        return client;
    }

    @Override
    public void close() {
        if (client != null) {
            client.shutdownNow();
            client = null;
        }
    }

    <T> T post(String path, Object message, Class<T> answer) throws Exception {
        HttpResponse<byte[]> response = send("POST", path, Wire.encode(message));
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return Wire.decode(response.body(), answer);
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    private String keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
        KeyStore store = KeyStore.getInstance("PKCS12");
        if (Files.exists(keys)) {
            store.load(new ByteArrayInputStream(Files.readAllBytes(keys)), PASSWORD.toCharArray());
        } else {
            store.load(null, null);
        }
        managers.init(store, PASSWORD.toCharArray());
        context.init(
                insistent
                        ? new KeyManager[] {
                            new Insistent((X509ExtendedKeyManager) managers.getKeyManagers()[0])
                        }
                        : managers.getKeyManagers(),
                new TrustManager[] {new Pinned(fingerprint)},
                new SecureRandom());
        return context;
    }

    /// Always shows its certificate.
    private static final class Insistent extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;

        Insistent(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
            return "host";
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return keys.getClientAliases(type, issuers);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, Socket socket) {
            return "host";
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }
    }

    /// Trusts a chain that the authority with this fingerprint signed.
    private record Pinned(String fingerprint) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            X509Certificate authority = chain[chain.length - 1];
            if (!Digests.sha256(authority.getEncoded()).equals(fingerprint)) {
                throw new CertificateException("another authority");
            }
            try {
                chain[0].verify(authority.getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate @Nullable [] chain, String authType)
                throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
