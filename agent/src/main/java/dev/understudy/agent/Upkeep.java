package dev.understudy.agent;

import dev.understudy.agent.log.Log;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/// Fetches the package lists when they have become too old, since nobody can say what is pending
/// from lists of last month. A failure is tried again after a while.
final class Upkeep {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(20);
    private static final Duration AT_FIRST = Duration.ofSeconds(10);

    private final PackageManager packages;
    private final Duration oldest;
    private final Lock packageLists;
    private final Runnable onRefresh;
    private final InstantSource clock;

    Upkeep(
            PackageManager packages,
            Duration oldest,
            Lock packageLists,
            Runnable onRefresh,
            InstantSource clock) {
        this.packages = packages;
        this.oldest = oldest;
        this.packageLists = packageLists;
        this.onRefresh = onRefresh;
        this.clock = clock;
    }

    void run() {
        try {
            Thread.sleep(AT_FIRST);
            while (!oldest.isZero()) {
                refreshIfOld();
                Thread.sleep(LOOK_EVERY);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void refreshIfOld() throws InterruptedException {
        try {
            Optional<Instant> asOf = packages.metadataAsOf();
            if (asOf.isPresent() && asOf.get().plus(oldest).isAfter(clock.instant())) {
                return;
            }
            packageLists.lockInterruptibly();
            try {
                packages.refresh(LIMIT);
            } finally {
                packageLists.unlock();
            }
            Log.info("the package lists were fetched");
            onRefresh.run();
        } catch (PackageManagerException e) {
            Log.warn("the package lists could not be fetched: %s", e.getMessage());
        }
    }
}
