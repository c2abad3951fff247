package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.ChangeSet;
import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.files.WholeFile;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rehearsals below `dataFolder/rehearsals`, one folder per order.
final class StoredRehearsals {
    private static final String RECORD = "rehearsal.json";

    private final Path folder;
    private final InstantSource clock;
    private volatile @Nullable Found last;

    private record Found(StoredRehearsal rehearsal, FileTime stored) {}

    StoredRehearsals(Path dataFolder, InstantSource clock) {
        this.folder = dataFolder.resolve("rehearsals");
        this.clock = clock;
    }

    /// Where the rehearsal of this order keeps its files.
    Path folder(OrderId order) {
        return folder.resolve(order.toString());
    }

    /// The checkpoint of a rehearsal is kept with it, under the order's id.
    Checkpoints checkpoints(OrderId order) {
        return new Checkpoints(folder(order), clock);
    }

    void save(StoredRehearsal rehearsal) throws IOException {
        Kept kept =
                new Kept(
                        rehearsal.order(),
                        rehearsal.at(),
                        rehearsal.plan(),
                        rehearsal.verdict(),
                        rehearsal.changes(),
                        rehearsal.packages(),
                        rehearsal.configuration(),
                        rehearsal.basis());
        WholeFile.write(
                folder(rehearsal.order()).resolve(RECORD), Wire.encode(kept), WholeFile.PRIVATE);
        WholeFile.forceFolder(folder);
    }

    /// A rehearsal is stored once and then only deleted, so the last one is not read again while it
    /// is there.
    Optional<StoredRehearsal> find(OrderId order) throws IOException, CheckpointException {
        Path record = folder(order).resolve(RECORD);
        if (!Files.exists(record)) {
            return Optional.empty();
        }
        Found known = last;
        FileTime stored = Files.getLastModifiedTime(record);
        if (known != null
                && known.rehearsal().order().equals(order)
                && known.stored().equals(stored)) {
            return Optional.of(known.rehearsal());
        }
        StoredRehearsal found = read(order, record);
        last = new Found(found, stored);
        return Optional.of(found);
    }

    private StoredRehearsal read(OrderId order, Path record)
            throws IOException, CheckpointException {
        try {
            Kept kept = Wire.decode(Files.readAllBytes(record), Kept.class);
            if (!kept.order().equals(order)) {
                throw new IOException(
                        "The rehearsal %s is that of order %s".formatted(record, kept.order()));
            }
            return new StoredRehearsal(
                    kept.order(),
                    kept.at(),
                    kept.plan(),
                    kept.verdict(),
                    kept.changes(),
                    kept.packages(),
                    kept.configuration(),
                    kept.basis() == null ? "" : kept.basis(),
                    checkpoints(order).find(order.toString()));
        } catch (WireException e) {
            throw new IOException(
                    "The rehearsal %s cannot be read: %s".formatted(record, e.getMessage()), e);
        }
    }

    /// Keeps the newest `count` rehearsals and deletes the others.
    void keepNewest(int count) throws IOException {
        List<Path> all = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            children.forEach(all::add);
        }
        all.sort(Comparator.comparingLong(StoredRehearsals::modified).reversed());
        for (Path old : all.subList(Math.min(count, all.size()), all.size())) {
            deleteTree(old);
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }

    private static long modified(Path path) {
        return path.toFile().lastModified();
    }

    private record Kept(
            OrderId order,
            Instant at,
            Plan plan,
            Verdict verdict,
            ChangeSet changes,
            List<InstalledPackage> packages,
            Map<String, String> configuration,
            @Nullable String basis) {}
}
