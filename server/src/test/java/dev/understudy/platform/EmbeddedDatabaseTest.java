package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class EmbeddedDatabaseTest {
    @TempDir Path folder;

    /// A server process of its own, which writes one row and then waits to be killed.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            Database database = database(EmbeddedDatabase.start(Path.of(arguments[0])));
            database.sql("create table kept (n int)").update();
            database.sql("insert into kept values (42)").update();
            System.out.println("written");
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    @Test
    void keepsItsDataItsPortAndItsPasswordOverRestarts() throws IOException {
        String url;
        try (EmbeddedDatabase first = EmbeddedDatabase.start(folder)) {
            url = first.url();
            database(first).sql("create table kept (n int)").update();
            database(first).sql("insert into kept values (42)").update();
            assertThat(Files.getPosixFilePermissions(folder.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                    .hasMessageContaining("another server process uses this folder");
            PGSimpleDataSource stranger = source(first);
            stranger.setPassword("guess");
            assertThatThrownBy(() -> new Database(stranger).sql("select 1").query().listOfRows())
                    .hasRootCauseMessage(
                            "FATAL: password authentication failed for user \"postgres\"");
        }
        try (EmbeddedDatabase second = EmbeddedDatabase.start(folder)) {
            assertThat(second.url()).isEqualTo(url);
            assertThat(kept(second)).isEqualTo(42);
        }
        int port = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"));
                EmbeddedDatabase third = EmbeddedDatabase.start(folder)) {
            assertThat(third.url()).as("moves off a taken port").isNotEqualTo(url);
            assertThat(kept(third)).isEqualTo(42);
        }
    }

    @Test
    void stopsThePostgresThatAKilledServerLeftRunningAndFindsItsData() throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader said =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            while (line != null && !line.equals("written")) {
                line = said.readLine();
            }
            assertThat(line).isEqualTo("written");
        }
        long orphan =
                Long.parseLong(
                        Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst());
        child.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(orphan)).as("PostgreSQL outlives its parent").isPresent();
        try (EmbeddedDatabase again = EmbeddedDatabase.start(folder)) {
            await().until(() -> ProcessHandle.of(orphan).filter(ProcessHandle::isAlive).isEmpty());
            assertThat(kept(again)).isEqualTo(42);
        }
    }

    @Test
    void startsAKilledPostgresAgainAndOverlooksAStalePidFile() throws Exception {
        Path pidFile = folder.resolve("data/postmaster.pid");
        String stale;
        try (EmbeddedDatabase first = EmbeddedDatabase.start(folder)) {
            database(first).sql("create table kept (n int)").update();
            database(first).sql("insert into kept values (42)").update();
            stale = Files.readString(pidFile);
            long postmaster = Long.parseLong(stale.lines().findFirst().orElseThrow());
            ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> kept(first) == 42);
        }
        Files.writeString(
                pidFile, stale.replaceFirst("\\d+", Long.toString(ProcessHandle.current().pid())));
        try (EmbeddedDatabase again = EmbeddedDatabase.start(folder)) {
            assertThat(kept(again)).isEqualTo(42);
        }
    }

    @Test
    void refusesDataOfAnotherPostgresAndAPidFileItCannotRead() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("PG_VERSION"), "9.6\n");
        assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                .hasMessageContaining("written by PostgreSQL 9.6");
        Files.delete(data.resolve("PG_VERSION"));
        Files.writeString(data.resolve("postmaster.pid"), "garbage\n");
        assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                .hasMessageContaining("does not begin with a process number");
    }

    private static int kept(EmbeddedDatabase embedded) {
        return Objects.requireNonNull(
                database(embedded).sql("select n from kept").query(Integer.class).single());
    }

    private static Database database(EmbeddedDatabase embedded) {
        return new Database(source(embedded));
    }

    private static PGSimpleDataSource source(EmbeddedDatabase embedded) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(embedded.url());
        source.setUser(embedded.user());
        source.setPassword(embedded.password());
        return source;
    }
}
