package dev.understudy.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/// A test database whose connections are kept open, as the control plane keeps them.
public final class Pooled implements AutoCloseable {
    private final HikariDataSource pool;

    public Pooled(Database database) {
        this(database, 4, Duration.ofSeconds(30));
    }

    /// @param patience how long a connection is waited for
    public Pooled(Database database, int connections, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.source());
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(patience.toMillis());
        pool = new HikariDataSource(config);
    }

    public Database database() {
        return new Database(pool);
    }

    /// How many wait for a connection.
    public int waiting() {
        return pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    @Override
    public void close() {
        pool.close();
    }
}
