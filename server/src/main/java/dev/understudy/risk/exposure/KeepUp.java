package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import dev.understudy.platform.Signals;
import dev.understudy.platform.Threads;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps this replica's index up to date: looks when PostgreSQL notifies, and every second whether
/// it does or not.
public final class KeepUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeepUp.class);
    private static final String CHANNEL = "understudy_changes";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Database database;
    private final FollowDatabase index;
    private final Semaphore wake = new Semaphore(0);
    private @Nullable Signals signals;
    private @Nullable Thread thread;
    private volatile boolean open = true;

    public KeepUp(Database database, FollowDatabase index) {
        this.database = database;
        this.index = index;
    }

    public synchronized void start() {
        signals = new Signals(database.source(), CHANNEL, wake::release);
        thread = Thread.ofPlatform().name("exposure-index").daemon().start(this::run);
    }

    private void run() {
        boolean failing = false;
        while (open) {
            try {
                index.catchUp();
                failing = false;
            } catch (RuntimeException e) {
                if (!failing) {
                    LOG.warn("The exposure index cannot follow the database; trying again", e);
                }
                failing = true;
            }
            try {
                if (wake.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException _) {
                open = false;
            }
        }
    }

    @Override
    public synchronized void close() {
        open = false;
        wake.release();
        if (signals != null) {
            signals.close();
        }
        if (thread != null) {
            Threads.join(thread);
        }
    }
}
