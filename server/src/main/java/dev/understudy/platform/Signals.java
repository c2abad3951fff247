package dev.understudy.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears PostgreSQL's notifications on one channel and calls `heard`. Only ever a hint to look
/// sooner: while the connection is lost nothing is heard, and after a new one `heard` is called
/// once.
public final class Signals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final int LISTEN_MILLIS = 500;
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final DataSource source;
    private final String channel;
    private final Runnable heard;
    private final Thread thread;
    private volatile boolean open = true;

    public Signals(DataSource source, String channel, Runnable heard) {
        this.source = source;
        this.channel = channel;
        this.heard = heard;
        this.thread = Thread.ofPlatform().name("signals-" + channel).daemon().start(this::run);
    }

    private void run() {
        while (open) {
            try (Connection connection = source.getConnection()) {
                listen(connection);
            } catch (SQLException e) {
                LOG.warn(
                        "Lost the connection that hears {}; looking again: {}",
                        channel,
                        e.getMessage());
                pause();
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + channel);
            PGConnection postgres = connection.unwrap(PGConnection.class);
            heard.run();
            while (open) {
                if (postgres.getNotifications(LISTEN_MILLIS).length > 0) {
                    heard.run();
                }
            }
            statement.execute("unlisten *");
        }
    }

    private void pause() {
        try {
            Thread.sleep(RECONNECT);
        } catch (InterruptedException _) {
            open = false;
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        open = false;
        Threads.join(thread);
    }
}
