package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.checkpoint.Kept;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.facts.Facts;
import dev.understudy.agent.link.Link;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.quarantine.Quarantine;
import dev.understudy.agent.system.LiveServices;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The newest inventory, kept on disk and known here only by its digest. Collected again when a
/// file changed that it depends on, when a service died or came back, when somebody says that the
/// host changed, and now and then anyway.
final class HostState implements Link.Self {
    /// Changelogs that could not be read in the time given are read sooner, a few times.
    private static final Duration SOONER = Duration.ofMinutes(3);

    private static final int MOST_HURRIED = 5;

    /// A service that dies over and over is no reason to look at the whole host more often.
    private static final Duration LEAST_BETWEEN = Duration.ofMinutes(1);

    /// What the inventory depends on and what is cheap to look at.
    private final List<Path> watched;

    private final Path file;
    private final Place place;
    private final Facts facts;
    private final Callable<Capabilities> capabilities;
    private final Checkpoints checkpoints;
    private final Quarantine quarantine;
    private final Set<String> toldDamaged = ConcurrentHashMap.newKeySet();
    private final Duration every;
    private final InstantSource clock;
    private final String version;
    private @Nullable Known known;
    private List<String> missing = List.of();
    private boolean stale;
    private int hurried;

    private record Known(
            String digest, String signs, LiveServices services, String running, Instant at) {
        /// Whether a service died or came back since; looked at again only after a while.
        boolean livesOtherwise(Instant now) {
            return !at.plus(LEAST_BETWEEN).isAfter(now) && !services.running().equals(running);
        }
    }

    HostState(
            Path dataFolder,
            List<Path> watched,
            Place place,
            Facts facts,
            Callable<Capabilities> capabilities,
            Checkpoints checkpoints,
            Quarantine quarantine,
            Duration every,
            InstantSource clock,
            String version) {
        this.file = dataFolder.resolve("inventory.json");
        this.watched = List.copyOf(watched);
        this.place = place;
        this.facts = facts;
        this.capabilities = capabilities;
        this.checkpoints = checkpoints;
        this.quarantine = quarantine;
        this.every = every;
        this.clock = clock;
        this.version = version;
    }

    /// Says that the host may have changed.
    synchronized void changed() {
        stale = true;
    }

    @Override
    public String agentVersion() {
        return version;
    }

    @Override
    public String bootId() {
        String id = facts.bootId();
        return id.isEmpty() ? "unknown" : id;
    }

    @Override
    public synchronized Link.CurrentInventory inventory() throws InterruptedException {
        Known current = known;
        String signs = signs();
        if (current == null
                || stale
                || !current.signs().equals(signs)
                || current.livesOtherwise(clock.instant())
                || current.at().plus(every).isBefore(clock.instant())) {
            stale = false;
            current = collect(signs);
            known = current;
            // A resident agent gives back at once what looking at the host took; not before here,
            // where nothing holds on to it any more.
            System.gc();
        }
        return new OnDisk(current.digest());
    }

    private Known collect(String signs) throws InterruptedException {
        try {
            Facts.Collected collected = facts.collect(capabilities.call());
            if (!collected.missing().equals(missing)) {
                missing = collected.missing();
                missing.forEach(sentence -> Log.warn("facts: %s", sentence));
            }
            quarantine.seen(collected.inventory());
            byte[] encoded = Wire.encode(collected.inventory());
            Files.createDirectories(file.getParent());
            Files.write(file, encoded);
            LiveServices services = LiveServices.of(place, collected.inventory());
            return new Known(
                    Digests.sha256(encoded),
                    signs,
                    services,
                    services.running(),
                    validFrom(collected.inventory()));
        } catch (PackageManagerException | IOException e) {
            throw new IllegalStateException("this host cannot be looked at: " + e.getMessage(), e);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("this host cannot be looked at: " + e, e);
        }
    }

    private Instant validFrom(Inventory inventory) {
        boolean whole = inventory.pending().stream().allMatch(PendingUpgrade::changelogRead);
        hurried = whole ? 0 : hurried + 1;
        Instant now = clock.instant();
        return whole || hurried > MOST_HURRIED ? now : now.minus(every).plus(SOONER);
    }

    private String signs() {
        StringBuilder signs = new StringBuilder(bootId());
        for (Path path : watched) {
            try {
                signs.append(' ').append(Files.getLastModifiedTime(path).toMillis());
            } catch (IOException _) {
                signs.append(" -");
            }
        }
        return signs.toString();
    }

    private final class OnDisk implements Link.CurrentInventory {
        private final String digest;

        OnDisk(String digest) {
            this.digest = digest;
        }

        @Override
        public String digest() {
            return digest;
        }

        @Override
        public byte[] encoded() {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new UncheckedIOException("the inventory cannot be read again", e);
            }
        }
    }

    @Override
    public List<CheckpointInfo> checkpoints() {
        try {
            Kept kept = checkpoints.all();
            for (Kept.Damaged damaged : kept.damaged()) {
                if (toldDamaged.add(damaged.id())) {
                    Log.error("checkpoint %s is of no use: %s", damaged.id(), damaged.why());
                }
            }
            return kept.infos();
        } catch (IOException e) {
            Log.error("the checkpoints cannot be listed: %s", e.getMessage());
            return List.of();
        }
    }
}
