package dev.understudy.agent.checkpoint;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.packages.OldArchives;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PhaseTime;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
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

/// One restore of a checkpoint: puts the files back and verifies every path and every package
/// version. It may be run again, however it ended.
final class Restore {
    private static final Duration LOCK_LIMIT = Duration.ofMinutes(2);
    private static final Duration REINSTALL_LIMIT = Duration.ofMinutes(20);

    private final Checkpoint checkpoint;
    private final Place place;
    private final PackageManager packages;
    private final Steps steps;

    Restore(Checkpoint checkpoint, Place place, PackageManager packages, Steps steps) {
        this.checkpoint = checkpoint;
        this.place = place;
        this.packages = packages;
        this.steps = steps;
    }

    RestoreResult run() throws IOException, CheckpointException, InterruptedException {
        Tree tree = new Tree(place.path("/"));
        Manifest manifest = checkpoint.manifest();
        PutBack putBack = new PutBack(checkpoint, manifest, tree, steps);
        Phases phases = new Phases();
        List<String> reasons = new ArrayList<>();
        boolean repacked = manifest.header().repacked() != null;
        if (repacked) {
            requireOthersUnchanged(manifest.header());
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
            requireOthersUnchanged(manifest.header());
            putBack.sweepLeftovers();
            phases.ended("leftovers");
            putBack.removeNewPaths();
            phases.ended("remove");
            putBack.putBackAll();
            phases.ended("files");
        }
        // The linker's cache is among what is put back exactly; what was foreseen may lack it.
        if (repacked) {
            refresh(Command.of("ldconfig")).ifPresent(reasons::add);
        }
        Map<String, String> paths;
        try (Background<Optional<String>> reloading = Background.start("reload", () -> reload())) {
            paths = putBack.verify();
            reloading.get().ifPresent(reasons::add);
        }
        List<String> versions = versionsDiffering(manifest.header().packages(), reasons);
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
    private void requireOthersUnchanged(Manifest.Header header)
            throws CheckpointException, InterruptedException {
        Set<String> own = new HashSet<>();
        header.plan().changes().forEach(c -> own.add(c.name() + ":" + c.architecture()));
        Map<String, String> before = versions(header.packages());
        Map<String, String> now;
        try {
            now = versions(packages.installed());
        } catch (PackageManagerException e) {
            Log.warn(
                    "checkpoint %s: what is installed cannot be read: %s",
                    checkpoint.id(), e.getMessage());
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
                                    .formatted(checkpoint.id(), String.join(", ", changed))
                            + " Restore what changed them first.");
        }
    }

    private static Map<String, String> versions(List<InstalledPackage> packages) {
        Map<String, String> versions = new HashMap<>();
        packages.forEach(p -> versions.put(p.name() + ":" + p.architecture(), p.version()));
        return versions;
    }

    /// Makes systemd see the files that were put back.
    private Optional<String> reload() throws InterruptedException {
        return Files.isDirectory(place.path("/run/systemd/system"))
                ? refresh(Command.of("systemctl", "daemon-reload"))
                : Optional.empty();
    }

    /// What went wrong; empty if nothing did.
    private Optional<String> refresh(Command command) throws InterruptedException {
        Output output = place.run(command);
        return output.succeeded()
                ? Optional.empty()
                : Optional.of(
                        "%s failed with %d: %s"
                                .formatted(command, output.exitCode(), output.tail()));
    }

    private List<String> versionsDiffering(List<InstalledPackage> expected, List<String> reasons)
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
