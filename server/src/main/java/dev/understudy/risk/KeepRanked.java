package dev.understudy.risk;

import dev.understudy.advisory.Feeds;
import dev.understudy.platform.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ranks on this replica what an import touched, and after a start everything, before anybody asks:
/// who asks meanwhile waits for as much as is left of it. What inventories change is looked at now
/// and then; a single one costs whoever asks next next to nothing.
public final class KeepRanked implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeepRanked.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration INVENTORIES = Duration.ofMinutes(5);

    private final Patches patches;
    private final Feeds feeds;
    private final InstantSource clock;
    private @Nullable Thread thread;
    private volatile boolean open = true;

    public KeepRanked(Patches patches, Feeds feeds, InstantSource clock) {
        this.patches = patches;
        this.feeds = feeds;
        this.clock = clock;
    }

    public synchronized void start() {
        thread = Thread.ofPlatform().name("ranking").daemon().start(this::run);
    }

    private void run() {
        long ranked = Long.MIN_VALUE;
        Instant next = Instant.MIN;
        boolean failing = false;
        while (open) {
            try {
                long generation = feeds.generation();
                if (generation != ranked || !clock.instant().isBefore(next)) {
                    patches.rankAll();
                    ranked = generation;
                    next = clock.instant().plus(INVENTORIES);
                }
                failing = false;
            } catch (RuntimeException e) {
                if (!failing && open) {
                    LOG.warn("What hosts need cannot be ranked; trying again", e);
                }
                failing = true;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException _) {
                open = false;
            }
        }
    }

    @Override
    public synchronized void close() {
        open = false;
        if (thread != null) {
            thread.interrupt();
            Threads.join(thread);
        }
    }
}
