package dev.understudy.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/// A test database whose connections are kept open, as the control plane keeps them.
public final class Pooled implements AutoCloseable {
    private final HikariDataSource pool;

    public Pooled(Database database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.source());
        config.setMaximumPoolSize(4);
        pool = new HikariDataSource(config);
    }

    public Database database() {
        return new Database(pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
