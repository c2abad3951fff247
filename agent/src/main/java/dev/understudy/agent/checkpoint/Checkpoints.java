package dev.understudy.agent.checkpoint;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.packages.OldArchives;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PhaseTime;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The checkpoints below `dataFolder/checkpoints`, one folder each, named by id. A folder that is
/// there is complete: it is filled under another name, synced and then renamed.
public final class Checkpoints {
    private static final String UNFINISHED = ".unfinished";
    private static final Duration LOCK_LIMIT = Duration.ofMinutes(2);
    private static final Duration REINSTALL_LIMIT = Duration.ofMinutes(20);

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
            return restore(checkpoint, place, packages);
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

    /// Deletes what is beyond the retention, but none whose id is in `needed`; returns the deleted
    /// ids. Of one that cannot be read only the age counts.
    public List<String> prune(Retention retention, Set<String> needed) throws IOException {
        Instant oldest = clock.instant().minus(retention.age());
        List<String> deleted = new ArrayList<>();
        int count = 0;
        long bytes = 0;
        Kept kept = all();
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

    private RestoreResult restore(Checkpoint checkpoint, Place place, PackageManager packages)
            throws IOException, CheckpointException, InterruptedException {
        Tree tree = new Tree(place.path("/"));
        Manifest manifest = checkpoint.manifest();
        PutBack putBack = new PutBack(checkpoint, manifest, tree, steps);
        Phases phases = new Phases();
        List<String> reasons = new ArrayList<>();
        requireOthersUnchanged(checkpoint.id(), manifest.header(), packages);
        if (manifest.header().repacked() != null) {
            reasons.addAll(
                    OldArchives.putBack(
                            checkpoint.plan(),
                            checkpoint.folder().resolve(Checkpoint.ARCHIVES),
                            place,
                            REINSTALL_LIMIT));
            phases.ended("reinstall");
        }
        try (DpkgLock _ = DpkgLock.acquire(tree, LOCK_LIMIT)) {
            phases.ended("lock");
            // Whoever had the lock until now may have changed them.
            requireOthersUnchanged(checkpoint.id(), manifest.header(), packages);
            putBack.sweepLeftovers();
            phases.ended("leftovers");
            putBack.removeNewPaths();
            phases.ended("remove");
            putBack.putBackAll();
            phases.ended("files");
        }
        reasons.addAll(refresh(place));
        phases.ended("refresh");
        Map<String, String> paths = putBack.verify();
        List<String> versions = versionsDiffering(manifest.header().packages(), packages, reasons);
        phases.ended("verify");
        if (!paths.isEmpty()) {
            Map.Entry<String, String> first = paths.entrySet().iterator().next();
            reasons.add(
                    "%d paths are not as before, first %s, which %s"
                            .formatted(paths.size(), first.getKey(), first.getValue()));
        }
        if (!versions.isEmpty()) {
            reasons.add(
                    "%d packages are not as before, first %s"
                            .formatted(versions.size(), versions.getFirst()));
        }
        return new RestoreResult(
                reasons.isEmpty(),
                checkpoint.id(),
                reasons,
                versions,
                List.copyOf(paths.keySet()),
                List.of(),
                phases.all());
    }

    /// The package database is put back whole, which would make it forget what happened to other
    /// packages meanwhile.
    private static void requireOthersUnchanged(
            String id, Manifest.Header header, PackageManager packages)
            throws CheckpointException, InterruptedException {
        Set<String> own = new HashSet<>();
        header.plan().changes().forEach(c -> own.add(c.name() + ":" + c.architecture()));
        Map<String, String> before = versions(header.packages());
        Map<String, String> now;
        try {
            now = versions(packages.installed());
        } catch (PackageManagerException e) {
            Log.warn("checkpoint %s: what is installed cannot be read: %s", id, e.getMessage());
            return;
        }
        before.keySet().removeAll(own);
        now.keySet().removeAll(own);
        Set<String> changed = new TreeSet<>(before.keySet());
        changed.addAll(now.keySet());
        changed.removeIf(name -> Objects.equals(before.get(name), now.get(name)));
        if (!changed.isEmpty()) {
            throw new CheckpointException(
                    "The checkpoint %s cannot be restored: other packages were changed since (%s)."
                                    .formatted(id, String.join(", ", changed))
                            + " Restore what changed them first.");
        }
    }

    private static Map<String, String> versions(List<InstalledPackage> packages) {
        Map<String, String> versions = new HashMap<>();
        packages.forEach(p -> versions.put(p.name() + ":" + p.architecture(), p.version()));
        return versions;
    }

    /// Makes the dynamic linker and systemd see the files that were put back.
    private static List<String> refresh(Place place) throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        refresh(place, Command.of("ldconfig"), reasons);
        if (Files.isDirectory(place.path("/run/systemd/system"))) {
            refresh(place, Command.of("systemctl", "daemon-reload"), reasons);
        }
        return reasons;
    }

    private static void refresh(Place place, Command command, List<String> reasons)
            throws InterruptedException {
        Output output = place.run(command);
        if (!output.succeeded()) {
            reasons.add(
                    "%s failed with %d: %s".formatted(command, output.exitCode(), output.tail()));
        }
    }

    private static List<String> versionsDiffering(
            List<InstalledPackage> expected, PackageManager packages, List<String> reasons)
            throws InterruptedException {
        try {
            Map<String, String> before = byName(expected);
            Map<String, String> now = byName(packages.installed());
            List<String> differing = new ArrayList<>();
            before.forEach(
                    (name, version) -> {
                        String found = now.getOrDefault(name, "absent");
                        if (!found.equals(version)) {
                            differing.add("%s: %s instead of %s".formatted(name, found, version));
                        }
                    });
            now.forEach(
                    (name, version) -> {
                        if (!before.containsKey(name)) {
                            differing.add("%s: %s instead of absent".formatted(name, version));
                        }
                    });
            return differing;
        } catch (PackageManagerException e) {
            reasons.add("The package versions cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    private static Map<String, String> byName(List<InstalledPackage> packages) {
        TreeMap<String, String> byName = new TreeMap<>();
        packages.forEach(
                p ->
                        byName.put(
                                p.name() + ":" + p.architecture(),
                                p.version() + " (" + p.status() + ")"));
        return byName;
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

    private static final class Phases {
        private final List<PhaseTime> times = new ArrayList<>();
        private long since = System.nanoTime();

        void ended(String phase) {
            long now = System.nanoTime();
            times.add(new PhaseTime(phase, Duration.ofNanos(now - since)));
            since = now;
        }

        List<PhaseTime> all() {
            return List.copyOf(times);
        }
    }
}
