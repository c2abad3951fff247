package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.CertificateAuthority;
import dev.understudy.governance.Operators;
import dev.understudy.platform.Database;
import dev.understudy.platform.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// A PostgreSQL that is not the server's own, with a password, TLS and a user of few rights.
@Tag("slow")
class ExternalDatabaseTest {
    private static final String SECRET = "s3cret of the fleet";

    @TempDir static Path folder;
    private static EmbeddedDatabase postgres;
    private static Database admin;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedDatabase.start(folder.resolve("theirs"));
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(postgres.url());
        source.setUser(postgres.user());
        source.setPassword(postgres.password());
        admin = new Database(source);
        admin.sql("create role operator login password '%s'".formatted(SECRET)).update();
        admin.sql("create role guest login password '%s'".formatted(SECRET)).update();
        admin.sql("create database fleet owner operator").update();
        admin.sql(
                        "create database latin owner operator encoding 'LATIN1' template template0 locale 'C' locale_provider libc")
                .update();
        useTls();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /// What the kernel waits for on the connection from this port: 02 is to ask whether the other
    /// end is still there.
    private static String timer(int port) throws IOException {
        String end = ":%04X".formatted(port);
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split(" +");
                if (fields[1].endsWith(end)) {
                    return fields[5];
                }
            }
        }
        throw new AssertionError("there is no connection from port " + port);
    }

    /// Both ends of a connection ask soon whether the other one is still there.
    @Test
    void itsConnectionsAreKeptAliveAtBothEnds() throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(postgres.url());
        source.setUser(postgres.user());
        source.setPassword(postgres.password());
        source.setTcpKeepAlive(true);
        source.setSocketFactory(KeptAlive.class.getName());
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(KeptAlive.SESSION);
            try (ResultSet found =
                    statement.executeQuery(
                            """
                            select current_setting('tcp_keepalives_idle')::int
                                 + current_setting('tcp_keepalives_count')::int
                                   * current_setting('tcp_keepalives_interval')::int as noticed,
                                   inet_client_port() as port
                            """)) {
                found.next();
                assertThat(found.getLong("noticed")).isEqualTo(KeptAlive.NOTICED.toSeconds());
                assertThat(timer(found.getInt("port"))).startsWith("02:");
            }
        }
    }

    @Test
    void twoServersThatStartAtOnceShareItAndFindEverythingAgain() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), SECRET + "\n");
        String url = url("fleet") + "?sslmode=verify-full&sslrootcert=" + pem("certificate");
        List<CompletableFuture<WebServerApplicationContext>> starting = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            starting.add(
                    CompletableFuture.supplyAsync(
                            () ->
                                    Understudy.start(
                                            settings(
                                                    name,
                                                    "--database-url",
                                                    url,
                                                    "--database-user",
                                                    "operator",
                                                    "--database-password-file",
                                                    password.toString()))));
        }
        WebServerApplicationContext a = starting.get(0).join();
        WebServerApplicationContext b = starting.get(1).join();
        String authority = authority(a);
        String token;
        try {
            assertThat(authority(b)).isEqualTo(authority);
            token = Files.readString(folder.resolve("a/operator.token")).strip();
            assertThat(b.getBean(Operators.class).byToken(token)).isPresent();
            assertThat(Files.exists(folder.resolve("a/postgres"))).isFalse();
            assertThat(
                            admin.sql(
                                            """
                                            select bool_and(s.ssl)
                                            from pg_stat_ssl s
                                            join pg_stat_activity p using (pid)
                                            where p.datname = 'fleet'
                                            """)
                                    .query(Boolean.class)
                                    .single())
                    .as("every connection is encrypted")
                    .isTrue();
            assertThat(a.getBean(Settings.class).toString()).doesNotContain(SECRET);
        } finally {
            ((ConfigurableApplicationContext) a).close();
            ((ConfigurableApplicationContext) b).close();
        }
        WebServerApplicationContext again =
                Understudy.start(
                        Settings.parse(
                                arguments(
                                        "a", "--database-url", url, "--database-user", "operator"),
                                Map.of("UNDERSTUDY_DATABASE_PASSWORD", SECRET)));
        try {
            assertThat(authority(again)).isEqualTo(authority);
            assertThat(again.getBean(Operators.class).byToken(token)).isPresent();
        } finally {
            ((ConfigurableApplicationContext) again).close();
        }
    }

    @Test
    void saysWhatIsWrongAndNeverThePassword() {
        check(
                url("fleet"),
                "operator",
                "wrong",
                "password authentication failed",
                "check --database-user");
        check(
                url("fleet"),
                "guest",
                SECRET,
                "guest may not create schemas in it",
                "owner to guest");
        check(
                url("nowhere"),
                "operator",
                SECRET,
                "\"nowhere\" does not exist",
                "create the database first");
        check(url("latin"), "operator", SECRET, "its encoding is LATIN1", "template0");
        check(
                "jdbc:postgresql://127.0.0.1:1/fleet",
                "operator",
                SECRET,
                "refused",
                "check host, port");
        check(
                "jdbc:postgresql://nowhere.invalid/fleet",
                "operator",
                SECRET,
                "nowhere.invalid",
                "check host");
        check(
                url("fleet") + "?sslmode=verify-full&sslrootcert=" + pem("other"),
                "operator",
                SECRET,
                "cannot be used",
                "TLS settings");
        assertThatThrownBy(
                        () ->
                                settings(
                                        "c",
                                        "--database-url",
                                        url("fleet") + "?user=operator&password=" + SECRET))
                .hasMessageContaining("--database-password-file")
                .message()
                .doesNotContain(SECRET);
        assertThatThrownBy(() -> settings("c", "--database-user", "operator"))
                .hasMessageContaining("need --database-url");
        assertThatThrownBy(
                        () ->
                                settings(
                                        "c",
                                        "--database-url",
                                        url("fleet"),
                                        "--database-password-file",
                                        "/nowhere"))
                .hasMessageContaining("/nowhere");
    }

    private static void check(String url, String user, String password, String... said) {
        ExternalDatabase database =
                Settings.parse(
                                List.of("--database-url", url, "--database-user", user),
                                Map.of("UNDERSTUDY_DATABASE_PASSWORD", password))
                        .database()
                        .orElseThrow();
        assertThatThrownBy(database::check)
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(said)
                .message()
                .doesNotContain(SECRET);
        assertThat(database.toString()).doesNotContain(password);
    }

    private static Settings settings(String name, String... more) {
        return Settings.parse(arguments(name, more), Map.of());
    }

    private static List<String> arguments(String name, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--data",
                                folder.resolve(name).toString(),
                                "--operator-listen",
                                "127.0.0.1:0",
                                "--agent-listen",
                                "127.0.0.1:0"));
        all.addAll(List.of(more));
        return all;
    }

    private static String authority(WebServerApplicationContext server) {
        return server.getBean(CertificateAuthority.class).pem();
    }

    private static String url(String database) {
        return postgres.url().replaceFirst("[^/]+$", database);
    }

    private static Path pem(String name) {
        return folder.resolve(name + ".pem");
    }

    private static void useTls() throws Exception {
        Path data = folder.resolve("theirs/data");
        makeCertificate("other");
        makeCertificate("certificate");
        Files.copy(pem("certificate"), data.resolve("server.crt"));
        Files.copy(pem("certificate-key"), data.resolve("server.key"));
        Files.setPosixFilePermissions(
                data.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
        admin.sql("alter system set ssl = on").update();
        admin.sql("select pg_reload_conf()").query(Boolean.class).single();
        Thread.sleep(500);
    }

    private static void makeCertificate(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "theirs",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString())
                        .inheritIO()
                        .start();
        assertThat(keytool.waitFor()).isZero();
        char[] password = "changeit".toCharArray();
        KeyStore made = KeyStore.getInstance(store.toFile(), password);
        Key key = made.getKey("theirs", password);
        write(pem(name), "CERTIFICATE", made.getCertificate("theirs").getEncoded());
        write(pem(name + "-key"), "PRIVATE KEY", key.getEncoded());
    }

    private static void write(Path file, String what, byte[] content) throws Exception {
        Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                what,
                                Base64.getMimeEncoder(64, new byte[] {'\n'})
                                        .encodeToString(content),
                                what));
    }
}
