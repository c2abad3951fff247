package dev.understudy.agent.link;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;

/// A control plane's agent port on loopback with real TLS; its authority and certificates are made
/// by the JDK's keytool, which so also reads our certificate requests.
final class TestControlPlane implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    /// What comes back for a path: status and body.
    record Answer(int status, String body) {}

    final HostId host = HostId.random();
    final KeyPair orderKey;
    final ConcurrentHashMap<String, Answer> answers = new ConcurrentHashMap<>();
    final List<String> seen = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Path folder;
    private final HttpsServer server;

    TestControlPlane(Path folder, String serverNames) throws Exception {
        this.folder = folder;
        orderKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        makeAuthority();
        certify("server", "CN=control plane", serverNames);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext tls = tls();
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters ssl = tls.getDefaultSSLParameters();
                        ssl.setWantClientAuth(true);
                        ssl.setProtocols(new String[] {"TLSv1.3"});
                        parameters.setSSLParameters(ssl);
                    }
                });
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    String token() throws IOException {
        return "secret-secret." + fingerprint();
    }

    String fingerprint() throws IOException {
        return Digests.sha256(Files.readAllBytes(folder.resolve("ca.der")));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = body(exchange)) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = in.readAllBytes();
            seen.add(exchange.getRequestMethod() + " " + path + " " + client(exchange));
            Answer answer = answers.get(path);
            byte[] bytes;
            int status = 200;
            if (answer != null) {
                status = answer.status();
                bytes = answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            } else if (path.equals("/agent/v1/enrol")) {
                bytes = Wire.encode(enrolled(Wire.decode(body, Enrolment.Request.class).csrPem()));
            } else {
                bytes = Wire.encode(enrolled(Wire.decode(body, Enrolment.Renewal.class).csrPem()));
            }
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static InputStream body(HttpExchange exchange) throws IOException {
        return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                ? new GZIPInputStream(exchange.getRequestBody())
                : exchange.getRequestBody();
    }

    private static String client(HttpExchange exchange) {
        try {
            X509Certificate certificate =
                    (X509Certificate)
                            ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException _) {
            return "nobody";
        }
    }

    private Enrolment.Answer enrolled(String csr) throws Exception {
        byte[] key = orderKey.getPublic().getEncoded();
        return new Enrolment.Answer(
                host,
                sign(csr, "CN=" + host, "90"),
                Files.readString(folder.resolve("ca.pem")),
                List.of(
                        new Enrolment.OrderKey(
                                Digests.sha256(key).substring(0, 32),
                                Base64.getEncoder().encodeToString(key))));
    }

    private void makeAuthority() throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                "ca",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=test authority",
                "-ext",
                "bc:c",
                "-validity",
                "3650",
                "-keystore",
                store("ca"));
        keytool("-exportcert", "-alias", "ca", "-keystore", store("ca"), "-file", file("ca.der"));
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                store("ca"),
                "-file",
                file("ca.pem"));
    }

    private void certify(String alias, String name, String names) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                name,
                "-keystore",
                store(alias));
        keytool(
                "-certreq",
                "-alias",
                alias,
                "-keystore",
                store(alias),
                "-file",
                file(alias + ".csr"));
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                store("ca"),
                "-infile",
                file(alias + ".csr"),
                "-outfile",
                file(alias + ".pem"),
                "-ext",
                "san=" + names);
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "ca",
                "-keystore",
                store(alias),
                "-file",
                file("ca.pem"));
        keytool(
                "-importcert",
                "-alias",
                alias,
                "-keystore",
                store(alias),
                "-file",
                file(alias + ".pem"));
    }

    private synchronized String sign(String csr, String name, String days) throws Exception {
        Files.writeString(folder.resolve("agent.csr"), csr);
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                store("ca"),
                "-infile",
                file("agent.csr"),
                "-outfile",
                file("agent.pem"),
                "-dname",
                name,
                "-validity",
                days);
        return Files.readString(folder.resolve("agent.pem"));
    }

    private SSLContext tls() throws Exception {
        KeyStore own =
                KeyStore.getInstance(folder.resolve("server.p12").toFile(), PASSWORD.toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(own);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private String store(String alias) {
        return file(alias + ".p12");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + said);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
