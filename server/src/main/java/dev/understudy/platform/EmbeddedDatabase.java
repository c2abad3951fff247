package dev.understudy.platform;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane's own PostgreSQL, in a folder of its own: durable (fsync and synchronous
/// commit on), on a loopback port that stays the same, with a password that only the owner of the
/// folder can read. Exactly one server process uses a folder; a PostgreSQL that a killed one left
/// running is stopped first, and anything else on its port is never used. One that is killed is
/// started again on the same port: until then every statement fails.
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String MAJOR = "18";
    private static final String NAME = "understudy";
    private static final String USER = "postgres";
    private static final String PASSWORD = "password";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Path folder;
    private final FileChannel lock;
    private final int port;
    private final String password;
    private volatile EmbeddedPostgres postgres;
    private boolean closed;

    private EmbeddedDatabase(Path folder, FileChannel lock, int port, String password)
            throws IOException {
        this.folder = folder;
        this.lock = lock;
        this.port = port;
        this.password = password;
        this.postgres = launch();
    }

    /// Starts PostgreSQL on what `folder` holds; makes it at the first start.
    public static EmbeddedDatabase start(Path folder) {
        FileChannel lock = null;
        try {
            Files.createDirectories(folder);
            Path home = folder.toRealPath();
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            lock = lock(home);
            checkVersion(home.resolve("data"));
            OrphanedPostgres.stopIn(home.resolve("data")); // which also frees the port
            EmbeddedDatabase started =
                    new EmbeddedDatabase(home, lock, port(home.resolve("port")), password(home));
            started.makeDatabase();
            Thread.ofPlatform().daemon().name("postgres").start(started::startAgainWhenKilled);
            return started;
        } catch (IOException | RuntimeException e) {
            release(lock);
            throw new IllegalStateException(
                    "PostgreSQL did not start in %s: %s. Its own words may be in %s"
                            .formatted(
                                    folder,
                                    reason(e),
                                    folder.resolve("start.log").toAbsolutePath()),
                    e);
        }
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, NAME);
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            postgres.close();
        } catch (IOException e) {
            LOG.warn("PostgreSQL in {} did not stop in time; it stops by itself", folder, e);
        } finally {
            release(lock);
        }
    }

    private void startAgainWhenKilled() {
        Path data = folder.resolve("data");
        try {
            while (!isClosed()) {
                try {
                    OrphanedPostgres.awaitEnd(data);
                    startAgain();
                } catch (IOException | RuntimeException e) {
                    LOG.error("PostgreSQL in {} may not run", folder, e);
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// One attempt, unless PostgreSQL ended because we were closed.
    private synchronized void startAgain() throws IOException {
        if (closed) {
            return;
        }
        LOG.error("PostgreSQL in {} was killed; starting it again", folder);
        postgres.close();
        postgres = launch();
    }

    private EmbeddedPostgres launch() throws IOException {
        Path data = folder.resolve("data");
        OrphanedPostgres.stopIn(data);
        // The library keeps its lock on this file when a start fails, and would refuse every start
        // after that. Whose folder it is, our own lock says.
        Files.deleteIfExists(data.resolve("epg-lock"));
        Path output = folder.resolve("start.log");
        EmbeddedPostgres started =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setRegisterShutdownHook(false)
                        .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
                        .setPort(port)
                        .setPGStartupWait(START)
                        .setOutputRedirector(ProcessBuilder.Redirect.to(output.toFile()))
                        .setErrorRedirector(ProcessBuilder.Redirect.to(output.toFile()))
                        .setLocaleConfig("auth", "scram-sha-256")
                        .setLocaleConfig("pwfile", folder.resolve(PASSWORD).toString())
                        .setLocaleConfig("locale-provider", "builtin")
                        .setLocaleConfig("builtin-locale", "C.UTF-8")
                        .setLocaleConfig("locale", "C")
                        .setConnectConfig("password", password)
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setServerConfig("unix_socket_directories", "")
                        .setServerConfig("fsync", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "100")
                        .setServerConfig("jit", "off")
                        .setServerConfig("logging_collector", "on")
                        .setServerConfig("log_filename", "postgresql-%a.log")
                        .setServerConfig("log_rotation_age", "1d")
                        .setServerConfig("log_truncate_on_rotation", "on")
                        .start();
        try {
            prove(started, data);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /// Makes sure that it is this folder's server and a durable one that answers.
    private void prove(EmbeddedPostgres started, Path data) {
        String answered =
                admin().sql(
                                """
                                select current_setting('data_directory')
                                       || ' fsync ' || current_setting('fsync')
                                       || ' commit ' || current_setting('synchronous_commit')
                                       || ' pages ' || current_setting('full_page_writes')
                                """)
                        .query(String.class)
                        .single();
        String expected = data + " fsync on commit on pages on";
        if (!answered.equals(expected)) {
            throw new IllegalStateException(
                    "on port %d answers '%s', not '%s'"
                            .formatted(started.getPort(), answered, expected));
        }
    }

    private void makeDatabase() {
        Database admin = admin();
        boolean made =
                admin.sql("select exists (select from pg_database where datname = :name)")
                        .param("name", NAME)
                        .query(Boolean.class)
                        .single();
        if (!made) {
            admin.sql("create database " + NAME).update();
        }
    }

    private Database admin() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL("jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port));
        source.setUser(USER);
        source.setPassword(password);
        return new Database(source);
    }

    private static String password(Path home) throws IOException {
        Path secret = home.resolve(PASSWORD);
        if (!Files.exists(secret)) {
            PrivateFiles.write(secret, randomPassword());
        }
        return Files.readString(secret).strip();
    }

    private static FileChannel lock(Path home) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock taken;
        try {
            taken = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            taken = null;
        }
        if (taken == null) {
            channel.close();
            throw new IllegalStateException(
                    "another server process uses this folder. Stop that one, or choose another"
                            + " folder with --data");
        }
        return channel;
    }

    private static void checkVersion(Path data) throws IOException {
        Path version = data.resolve("PG_VERSION");
        if (Files.exists(version) && !Files.readString(version).strip().equals(MAJOR)) {
            throw new IllegalStateException(
                    "the data were written by PostgreSQL %s and this server has %s. Move them with"
                                    .formatted(Files.readString(version).strip(), MAJOR)
                            + " pg_dump and pg_restore");
        }
    }

    /// The port of the starts before, unless something else took it meanwhile.
    private static int port(Path file) throws IOException {
        if (Files.exists(file)) {
            int former = Integer.parseInt(Files.readString(file).strip());
            if (isFree(former)) {
                return former;
            }
            LOG.warn("Port {} was taken by another program; PostgreSQL moves", former);
        }
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            PrivateFiles.write(file, Integer.toString(probe.getLocalPort()));
            return probe.getLocalPort();
        }
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new java.net.InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return true;
        } catch (java.net.BindException _) {
            return false;
        }
    }

    private static String randomPassword() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static void release(@Nullable FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
