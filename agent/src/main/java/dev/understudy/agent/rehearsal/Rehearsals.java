package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.twin.Twins;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Rehearses plans on twins of this host and keeps what a later apply needs of them.
public final class Rehearsals {
    /// A rehearsal that passed holds the content of a checkpoint, so only a few are kept.
    private static final int KEPT = 5;

    private final Path dataFolder;
    private final Place host;
    private final Twins twins;
    private final Function<Place, PackageManager> managers;
    private final List<Path> shared;
    private final InstantSource clock;
    private final StoredRehearsals stored;

    /// @param managers the package manager of a place, on the host and in the twin with the same
    ///   settings
    /// @param shared folders below the data folder that these need in the twin, too
    public Rehearsals(
            Path dataFolder,
            Place host,
            Twins twins,
            Function<Place, PackageManager> managers,
            List<Path> shared,
            InstantSource clock) {
        this.dataFolder = dataFolder.toAbsolutePath();
        this.host = host;
        this.twins = twins;
        this.managers = managers;
        this.shared = List.copyOf(shared);
        this.clock = clock;
        this.stored = new StoredRehearsals(this.dataFolder, clock);
    }

    /// Tries the plan and its undo on a new twin. What keeps it from being tried is a doubt and
    /// makes the result Inconclusive; nothing is thrown for it.
    public RehearsalResult rehearse(
            OrderId order, OrderBody.Rehearse body, Consumer<Report.Progress> progress)
            throws InterruptedException {
        Rehearsal rehearsal =
                new Rehearsal(
                        order, body, progress, dataFolder, host, twins, managers, shared, clock);
        RehearsalResult result = rehearsal.run(stored);
        try {
            stored.keepNewest(KEPT);
        } catch (IOException e) {
            progress.accept(new Report.Progress("tidy", "Old rehearsals cannot be deleted: " + e));
        }
        return result;
    }

    /// What was kept of the rehearsal under this order.
    public Optional<StoredRehearsal> find(OrderId order) throws IOException, CheckpointException {
        return stored.find(order);
    }
}
