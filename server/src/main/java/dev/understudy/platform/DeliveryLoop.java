package dev.understudy.platform;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that delivers to one subscriber on this replica.
final class DeliveryLoop {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final Deliveries deliveries;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean open = true;

    DeliveryLoop(Deliveries deliveries) {
        this.deliveries = deliveries;
        this.thread =
                Thread.ofVirtual().name("deliver-" + deliveries.subscriber()).start(this::run);
    }

    void wake() {
        wake.release();
    }

    void stop() {
        open = false;
        wake();
    }

    void join() {
        Threads.join(thread);
    }

    private void run() {
        while (open) {
            try {
                Duration pause = next();
                if (!pause.isZero()
                        && wake.tryAcquire(pause.toMillis() + 1, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException _) {
                open = false;
            }
        }
    }

    private Duration next() {
        try {
            return deliveries.next();
        } catch (RuntimeException e) {
            if (Database.isAway(e)) {
                LOG.warn(
                        "Deliveries to {} wait for the database: {}",
                        deliveries.subscriber(),
                        e.getMessage());
            } else {
                LOG.error(
                        "Deliveries to {} are in trouble; trying again",
                        deliveries.subscriber(),
                        e);
            }
            return AFTER_TROUBLE;
        }
    }
}
