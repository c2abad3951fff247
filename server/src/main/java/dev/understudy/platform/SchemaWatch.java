package dev.understudy.platform;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every few seconds whether this server may still work on the schema, and says so once when
/// it may not any more: another replica, a newer one, has taken the database further.
public final class SchemaWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaWatch.class);

    private final Database database;
    private final Duration pause;
    private final Consumer<TooOldException> tooOld;
    private final Thread thread;

    public SchemaWatch(Database database, Duration pause, Consumer<TooOldException> tooOld) {
        this.database = database;
        this.pause = pause;
        this.tooOld = tooOld;
        this.thread = Thread.ofPlatform().name("schema-watch").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!looked()) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /// Whether there is nothing more to look for.
    private boolean looked() {
        try {
            database.requireKnownSchema();
            return false;
        } catch (TooOldException e) {
            tooOld.accept(e);
            return true;
        } catch (RuntimeException e) {
            if (!Database.isAway(e)) {
                LOG.error("Cannot tell whether this server may work on the schema", e);
            }
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
