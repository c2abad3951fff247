package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as a process of its own against a control plane that listens on all addresses
/// with a certificate and logs JSON.
@Tag("slow")
class OverHttpsTest {
    private static final String PASSWORD = "changeit";

    @TempDir static Path folder;
    private static Process server;
    private static Path log;
    private static int port;

    private record Said(int code, String text) {}

    @BeforeAll
    static void start() throws Exception {
        makeCertificate();
        port = freePort();
        log = folder.resolve("server.log");
        Path settings =
                Files.writeString(
                        folder.resolve("server.properties"),
                        """
                        operator-listen = 0.0.0.0:%d
                        operator-certificate = %s
                        operator-key = %s
                        agent-listen = 127.0.0.1:0
                        log = ecs
                        """
                                .formatted(port, pem(), folder.resolve("key.pem")));
        server =
                java(
                                "dev.understudy.app.Main",
                                "serve",
                                "--data",
                                data().toString(),
                                "--settings",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        for (int i = 0; i < 600 && !Files.readString(log).contains("is ready"); i++) {
            assertThat(server.isAlive()).as("%s", Files.readString(log)).isTrue();
            Thread.sleep(200);
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void believesOnlyWhomItIsToldToBelieve() throws Exception {
        assertThat(understudy("status"))
                .returns(3, Said::code)
                .satisfies(
                        said ->
                                assertThat(said.text())
                                        .contains("--ca", "--fingerprint", "certification path"));
        assertThat(understudy("status", "--fingerprint", "0".repeat(64)))
                .returns(3, Said::code)
                .satisfies(said -> assertThat(said.text()).contains(fingerprint()));
        assertThat(understudy("status", "--fingerprint", "none")).returns(2, Said::code);
        assertThat(understudy("status", "--ca", "/nowhere")).returns(2, Said::code);
        assertThat(understudy("status", "--ca", pem().toString()))
                .as("the certificate is for the name localhost")
                .returns(0, Said::code)
                .satisfies(said -> assertThat(said.text()).contains("Hosts", "Audit trail"));
        assertThat(understudy("keys", "--fingerprint", fingerprint()))
                .returns(0, Said::code)
                .satisfies(said -> assertThat(said.text()).contains("signs"));
        assertThat(understudy("keys", "rotate", "--fingerprint", fingerprint()))
                .returns(0, Said::code);
        assertThat(understudy("events", "--fingerprint", fingerprint()))
                .returns(0, Said::code)
                .satisfies(said -> assertThat(said.text()).contains("No event is parked."));
        assertThat(understudy("events", "retry", "7", "--fingerprint", fingerprint()))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.text()).contains("event-not-parked"));
    }

    @Test
    void cookiesAreSecureAndBrowsersComeBackOverHttps() throws Exception {
        Said link = understudy("console", "--json", "--fingerprint", fingerprint());
        String url = JsonParser.parseString(link.text()).getAsJsonObject().get("url").getAsString();
        assertThat(url).startsWith("https://localhost:" + port + "/");
        HttpResponse<String> entered = get(url, "X-Request-Id", "my-own-number");
        assertThat(entered.headers().firstValue("Set-Cookie").orElseThrow())
                .contains("Secure", "HttpOnly", "SameSite=Strict");
        assertThat(entered.headers().firstValue("Strict-Transport-Security").orElseThrow())
                .contains("max-age=31536000")
                .doesNotContain("includeSubDomains");
        assertThat(entered.headers().firstValue("X-Request-Id")).contains("my-own-number");
        assertThat(get(url, "X-Request-Id", "<script>").headers().firstValue("X-Request-Id"))
                .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f-]{36}"));
    }

    @Test
    void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
        String former = fingerprint();
        makeCertificate();
        assertThat(fingerprint()).isNotEqualTo(former);
        Said said = understudy("status", "--fingerprint", fingerprint());
        for (int i = 0; i < 30 && said.code() != 0; i++) {
            Thread.sleep(1_000);
            said = understudy("status", "--fingerprint", fingerprint());
        }
        assertThat(said.code()).as(said.text()).isZero();
    }

    @Test
    void everyLogLineIsJsonAndNoneTellsASecret() throws Exception {
        killPostgres();
        for (int i = 0; i < 60 && !Files.readString(log).contains("was killed"); i++) {
            Thread.sleep(500);
        }
        String token = Files.readString(data().resolve("operator.token")).strip();
        String password = Files.readString(data().resolve("postgres/password")).strip();
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSizeGreaterThan(1);
        for (String line : lines) {
            JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
            assertThat(entry.get("@timestamp").getAsString()).as(line).endsWith("Z");
            assertThat(entry.get("message").getAsString()).as(line).isNotBlank();
            assertThat(entry.getAsJsonObject("log").get("level").getAsString())
                    .as(line)
                    .matches("INFO|WARN|ERROR");
            assertThat(entry.getAsJsonObject("ecs").get("version").getAsString()).isNotBlank();
            assertThat(line).doesNotContain(token, password);
        }
        assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")))
                .contains("serve")
                .doesNotContain(token, password);
    }

    private static void killPostgres() throws IOException {
        String file = Files.readString(data().resolve("postgres/data/postmaster.pid"));
        ProcessHandle.of(Long.parseLong(file.lines().findFirst().orElseThrow()))
                .orElseThrow()
                .destroyForcibly();
    }

    private static HttpResponse<String> get(String url, String header, String value)
            throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(Trust.authorities(pem())).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url)).header(header, value).build(),
                    BodyHandlers.ofString());
        }
    }

    private static Said understudy(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of(
                        "--url",
                        "https://localhost:" + port,
                        "--token-file",
                        data().resolve("operator.token").toString()));
        Process cli =
                java("dev.understudy.cli.Main", all.toArray(String[]::new))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(cli.waitFor(), said);
    }

    private static ProcessBuilder java(String main, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static Path data() {
        return folder.resolve("data");
    }

    private static Path pem() {
        return folder.resolve("certificate.pem");
    }

    private static String fingerprint() {
        try (var in = Files.newInputStream(pem())) {
            X509Certificate certificate =
                    (X509Certificate)
                            java.security.cert.CertificateFactory.getInstance("X.509")
                                    .generateCertificate(in);
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// A certificate for `localhost`, signed by itself, and its key.
    private static void makeCertificate() throws Exception {
        Path store = folder.resolve("store.p12");
        Files.deleteIfExists(store);
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "operators",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD,
                                "-keystore",
                                store.toString())
                        .inheritIO()
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Key key = made.getKey("operators", PASSWORD.toCharArray());
        replace(folder.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
        replace(pem(), "CERTIFICATE", made.getCertificate("operators").getEncoded());
    }

    private static void replace(Path file, String what, byte[] content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(
                next,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                what,
                                Base64.getMimeEncoder(64, new byte[] {'\n'})
                                        .encodeToString(content),
                                what));
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
