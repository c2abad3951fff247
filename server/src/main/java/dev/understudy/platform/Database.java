package dev.understudy.platform;

import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The PostgreSQL database: statements and transactions.
public final class Database {
    private final DataSource source;
    private final JdbcClient client;
    private final TransactionTemplate transaction;

    public Database(DataSource source) {
        this.source = source;
        this.client = JdbcClient.create(source);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    }

    /// Brings every module's schema to the newest version; forward only.
    public Database migrate() {
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .failOnMissingLocations(true)
                .load()
                .migrate();
        return this;
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
}
