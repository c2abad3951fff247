package dev.understudy.agent.checkpoint;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.OldArchives;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The checkpoints below `dataFolder/checkpoints`, one folder each, named by id. A folder that is
/// there is complete: it is filled under another name, synced and then renamed.
public final class Checkpoints {
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;
    private final InstantSource clock;
    private final Steps steps;

    public Checkpoints(Path dataFolder, InstantSource clock) {
        this(dataFolder, clock, Steps.UNWATCHED);
    }

    Checkpoints(Path dataFolder, InstantSource clock, Steps steps) {
        this.folder = dataFolder.resolve("checkpoints");
        this.clock = clock;
        this.steps = steps;
    }

    /// Gets ready, beside the caller, what the first use of a checkpoint would wait for.
    public static void prepare() {
        Thread.ofPlatform().daemon().name("c-library").start(Libc::bind);
    }

    /// Saves what `host` has now at every path of the change set, and the versions of all its
    /// packages. What an `earlier` checkpoint of the same paths holds, and was not touched since,
    /// is not read again. A checkpoint of that id that exists already is returned as it is.
    public Checkpoint take(
            String id,
            Plan plan,
            ChangeSet changes,
            Place host,
            PackageManager packages,
            Optional<Checkpoint> earlier)
            throws CheckpointException, InterruptedException {
        requireId(id);
        requireUnicodeNames();
        try {
            Optional<Checkpoint> existing = find(id);
            if (existing.isPresent()) {
                return existing.get();
            }
            Path unfinished = folder.resolve(id + UNFINISHED);
            Leftovers.deleteTree(unfinished);
            Files.createDirectories(unfinished);
            new TakeCheckpoint(new Tree(host.path("/")), unfinished, earlier)
                    .take(id, clock.instant(), plan, packages.installed(), changes, null);
            return finish(id, unfinished);
        } catch (IOException | PackageManagerException e) {
            throw new CheckpointException(
                    "The checkpoint %s cannot be taken: %s".formatted(id, e.getMessage()), e);
        }
    }

    /// The fallback where the plan could not be rehearsed, so that nobody knows exactly what it
    /// changes: saves what can be foreseen (see [OldArchives#paths]) and the archives of the former
    /// versions, whose scripts bring back what cannot. The data folder must be on the host itself.
    ///
    /// @param excluded folders that are never in scope
    public Checkpoint takeRepacked(
            String id,
            Plan plan,
            Place host,
            PackageManager packages,
            OldArchives archives,
            List<String> excluded)
            throws CheckpointException, InterruptedException {
        requireId(id);
        requireUnicodeNames();
        try {
            Optional<Checkpoint> existing = find(id);
            if (existing.isPresent()) {
                return existing.get();
            }
            Path unfinished = folder.resolve(id + UNFINISHED);
            Leftovers.deleteTree(unfinished);
            Files.createDirectories(unfinished);
            Tree tree = new Tree(host.path("/"));
            Scope scope = Scope.of(List.of(host.path("/")), excluded);
            ChangeSet foreseen = Foreseen.of(archives.paths(plan), tree, scope);
            List<String> notes = archives.keep(plan, unfinished.resolve(Checkpoint.ARCHIVES));
            new TakeCheckpoint(tree, unfinished, Optional.empty())
                    .take(id, clock.instant(), plan, packages.installed(), foreseen, notes);
            return finish(id, unfinished);
        } catch (IOException | PackageManagerException e) {
            throw new CheckpointException(
                    "The checkpoint %s cannot be taken: %s".formatted(id, e.getMessage()), e);
        }
    }

    private Checkpoint finish(String id, Path unfinished) throws IOException, CheckpointException {
        Files.move(unfinished, folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
        Libc.sync(folder);
        return Checkpoint.in(folder.resolve(id));
    }

    /// What is to be known of a checkpoint that was taken without a rehearsal, in sentences; empty
    /// for one that is exact.
    public Optional<List<String>> repacked(String id) throws IOException, CheckpointException {
        Optional<Checkpoint> checkpoint = find(id);
        return checkpoint.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(checkpoint.get().manifest().header().repacked());
    }

    /// Puts `place` back to the checkpoint and verifies every path and every package version. May
    /// be run again, however it ended. Processes that still run the replaced files are the caller's
    /// to restart.
    public RestoreResult restore(String id, Place place, PackageManager packages)
            throws CheckpointException, InterruptedException {
        requireId(id);
        requireUnicodeNames();
        try {
            Checkpoint checkpoint =
                    find(id).orElseThrow(
                                    () ->
                                            new CheckpointException(
                                                    "There is no checkpoint %s".formatted(id)));
            return new Restore(checkpoint, place, packages, steps).run();
        } catch (IOException e) {
            throw new CheckpointException(
                    "The checkpoint %s cannot be restored: %s".formatted(id, e.getMessage()), e);
        }
    }

    public Optional<Checkpoint> find(String id) throws IOException, CheckpointException {
        requireId(id);
        Path place = folder.resolve(id);
        return Files.isDirectory(place) ? Optional.of(Checkpoint.in(place)) : Optional.empty();
    }

    /// Waits until what was installed on `host` is on disk.
    public static void sync(Place host) throws IOException {
        new Tree(host.path("/")).sync();
    }

    /// All of them, also those that are damaged.
    public Kept all() throws IOException {
        return Kept.in(folder);
    }

    /// The ids of all checkpoints, which their folders tell.
    public Set<String> ids() throws IOException {
        return Kept.children(folder).stream()
                .map(child -> child.getFileName().toString())
                .filter(name -> name.matches(Kept.ID))
                .collect(Collectors.toSet());
    }

    /// Deletes what is beyond the retention, but none whose id is in `needed`; returns the deleted
    /// ids. Of one whose header cannot be read only the age counts.
    public List<String> prune(Retention retention, Set<String> needed) throws IOException {
        Instant oldest = clock.instant().minus(retention.age());
        List<String> deleted = new ArrayList<>();
        int count = 0;
        long bytes = 0;
        Kept kept = Kept.atAGlance(folder);
        for (Kept.Damaged checkpoint : kept.damaged()) {
            if (checkpoint.takenAt().isBefore(oldest) && !needed.contains(checkpoint.id())) {
                delete(checkpoint.id());
                deleted.add(checkpoint.id());
            }
        }
        for (Checkpoint checkpoint : kept.readable()) {
            count++;
            bytes += checkpoint.bytes();
            boolean beyond =
                    count > retention.count()
                            || checkpoint.takenAt().isBefore(oldest)
                            || bytes > retention.bytes();
            if (beyond && count > 1 && !needed.contains(checkpoint.id())) {
                delete(checkpoint.id());
                deleted.add(checkpoint.id());
            }
        }
        return deleted;
    }

    public void delete(String id) throws IOException {
        Path place = folder.resolve(id);
        if (Files.exists(place)) {
            Path unfinished = folder.resolve(id + UNFINISHED);
            Leftovers.deleteTree(unfinished);
            Files.move(place, unfinished, StandardCopyOption.ATOMIC_MOVE);
            Leftovers.deleteTree(unfinished);
        }
    }

    /// Removes what a killed agent left half-taken or half-deleted.
    public void sweep() throws IOException {
        for (Path child : Kept.children(folder)) {
            if (child.getFileName().toString().endsWith(UNFINISHED)) {
                Leftovers.deleteTree(child);
            }
        }
    }

    private static void requireId(String id) {
        if (!id.matches(Kept.ID)) {
            throw new IllegalArgumentException(
                    "A checkpoint id must match %s: '%s'".formatted(Kept.ID, id));
        }
    }

    /// Packages ship names beyond ASCII (ca-certificates does); the JVM can only name them when it
    /// was started in a UTF-8 locale.
    private static void requireUnicodeNames() throws CheckpointException {
        String encoding = System.getProperty("sun.jnu.encoding", "");
        if (!encoding.equals("UTF-8")) {
            throw new CheckpointException(
                    "File names are read as %s. Start the agent with LC_ALL=C.UTF-8."
                            .formatted(encoding));
        }
    }
}
