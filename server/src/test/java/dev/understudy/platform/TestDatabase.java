package dev.understudy.platform;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/// Gives each test class its own freshly migrated PostgreSQL database: `@RegisterExtension static
/// final TestDatabase DATABASE = new TestDatabase();`. One server per JVM, one template database
/// migrated once, one clone of it per class.
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {
    private static final AtomicInteger CLONES = new AtomicInteger();
    private String name = "";

    public Database get() {
        return new Database(source(name));
    }

    /// A database of its own on the same server, without any schema yet.
    public DataSource fresh() {
        String fresh = name + "_fresh_" + CLONES.incrementAndGet();
        Server.admin().sql("create database " + fresh).update();
        return source(fresh);
    }

    /// A backup of this database as it is now, as a database of its own.
    public Database backup() {
        String copy = name + "_backup_" + CLONES.incrementAndGet();
        Server.admin().sql("create database " + copy + " template " + name).update();
        return new Database(source(copy));
    }

    /// The same database through connections of its own that can be cut off, as when a process
    /// dies.
    public Severable severable() {
        PGSimpleDataSource source = source(name);
        source.setApplicationName("severable_" + CLONES.incrementAndGet());
        return new Severable(source);
    }

    public static final class Severable extends DelegatingDataSource {
        private final String application;
        private volatile boolean severed;

        private Severable(PGSimpleDataSource source) {
            super(source);
            this.application = String.valueOf(source.getApplicationName());
        }

        public Database database() {
            return new Database(this);
        }

        /// Ends every connection and refuses new ones.
        public void sever() {
            severed = true;
            Server.admin()
                    .sql(
                            """
                            select pg_terminate_backend(pid)
                            from   pg_stat_activity
                            where  application_name = :application
                            """)
                    .param("application", application)
                    .query(Boolean.class)
                    .list();
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (severed) {
                throw new SQLException("severed");
            }
            return super.getConnection();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        name = "clone_" + CLONES.incrementAndGet();
        Server.admin().sql("create database " + name + " template understudy_template").update();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Server.admin().sql("drop database " + name + " with (force)").update();
    }

    private static PGSimpleDataSource source(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {Server.POSTGRES.getPort()});
        source.setUser("postgres");
        source.setDatabaseName(database);
        return source;
    }

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        static Database admin() {
            return new Database(source("postgres"));
        }

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
                PGSimpleDataSource admin = new PGSimpleDataSource();
                admin.setServerNames(new String[] {"127.0.0.1"});
                admin.setPortNumbers(new int[] {postgres.getPort()});
                admin.setUser("postgres");
                admin.setDatabaseName("postgres");
                new Database(admin).sql("create database understudy_template").update();
                admin.setDatabaseName("understudy_template");
                new Database(admin).migrate();
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void close(EmbeddedPostgres postgres) {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
