package dev.understudy.platform;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The PostgreSQL database: statements and transactions.
public final class Database {
    /// SQL states of a database that is away for a while: connections that fail, a server that
    /// stops or starts, one that has no connection left, one that is being failed over.
    private static final List<String> AWAY = List.of("08", "57P", "53300", "25006");

    private static final int ROWS_AT_ONCE = 5_000;

    private final DataSource source;
    private final JdbcClient client;
    private final TransactionTemplate transaction;
    private final TransactionTemplate snapshot;

    public Database(DataSource source) {
        this.source = source;
        this.client = JdbcClient.create(source);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
        this.snapshot = snapshot(source);
    }

    /// Brings every module's schema to the newest version that this server knows; forward only. A
    /// schema that is newer is left as it is. Of replicas that start at once one migrates, under
    /// Flyway's lock, and the others wait for it.
    ///
    /// @throws TooOldException if the schema is one that this server must not work on
    public Database migrate() {
        requireKnownSchema();
        flyway().migrate();
        requireKnownSchema();
        return this;
    }

    /// @throws TooOldException if the schema is one that this server must not work on
    void requireKnownSchema() {
        new SchemaLevel(this, SchemaLevel.newest()).require();
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .failOnMissingLocations(true)
                .load();
    }

    public JdbcClient.StatementSpec sql(String statement) {
        return client.sql(statement);
    }

    public DataSource source() {
        return source;
    }

    /// Runs `work` in a transaction, or in the one that is already open.
    public <T> T inTransaction(Supplier<T> work) {
        return java.util.Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }

    public void inTransaction(Runnable work) {
        transaction.executeWithoutResult(_ -> work.run());
    }

    /// Whether the caller is in a transaction of this database, and so holds a connection until it
    /// ends.
    public boolean isInTransaction() {
        return TransactionSynchronizationManager.hasResource(source);
    }

    /// Whether something failed only because the database cannot be reached at the moment, so that
    /// the same may succeed a little later.
    public static boolean isAway(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || (cause instanceof SQLException e && isAway(e))) {
                return true;
            }
            // A failed rollback hides what it was to roll back.
            if (cause instanceof TransactionSystemException e && isHiddenAway(e)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHiddenAway(TransactionSystemException e) {
        @Nullable Throwable hidden = e.getApplicationException();
        return hidden != null && isAway(hidden);
    }

    private static boolean isAway(SQLException e) {
        @Nullable String state = e.getSQLState();
        return state == null
                ? "Connection is closed".equals(e.getMessage()) // the pool's, after a broken one
                : AWAY.stream().anyMatch(state::startsWith);
    }

    /// Runs `work` in a transaction that only reads, all of it as of one moment.
    public <T> T inSnapshot(Supplier<T> work) {
        return java.util.Objects.requireNonNull(snapshot.execute(_ -> work.get()));
    }

    /// Hands over the rows of a query one after the other, without ever holding many of them. Only
    /// in a transaction, where the driver reads through a cursor.
    public void stream(String query, RowCallbackHandler rows, @Nullable Object... arguments) {
        JdbcTemplate template = new JdbcTemplate(source);
        template.setFetchSize(ROWS_AT_ONCE);
        template.query(query, rows, arguments);
    }

    private static TransactionTemplate snapshot(DataSource source) {
        TransactionTemplate template =
                new TransactionTemplate(new DataSourceTransactionManager(source));
        template.setReadOnly(true);
        template.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        return template;
    }
}
