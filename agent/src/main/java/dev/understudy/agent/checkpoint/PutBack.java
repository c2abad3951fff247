package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Brings the paths of a checkpoint back, each regular file atomically: written under a temporary
/// name beside its place, synced, renamed. Whatever is as saved already is left alone, so a restore
/// that was cut off at any instant ends in the same state when it is run again.
///
/// Space is needed for a batch of files at most, and for a single one where there is no more, never
/// for the whole checkpoint, since a full disk may be the reason for the restore; what the patch
/// added is removed first.
final class PutBack {
    private static final long BATCH_BYTES = 32L << 20;
    private static final int BATCH_FILES = 1_024;

    private final Checkpoint checkpoint;
    private final Tree tree;
    private final Steps steps;
    private final TreeMap<String, Saved> saved = new TreeMap<>();
    private final Map<String, Saved.File> files = new HashMap<>();
    private final Comparison comparison;
    private final TreeMap<String, String> problems = new TreeMap<>();
    private final Map<Path, String> ready = new LinkedHashMap<>();
    private final Map<Path, Saved.File> written = new LinkedHashMap<>();
    private long readyBytes;
    private int temporaries;

    PutBack(Checkpoint checkpoint, Manifest manifest, Tree tree, Steps steps) {
        this.checkpoint = checkpoint;
        this.tree = tree;
        this.steps = steps;
        for (Saved path : manifest.paths()) {
            saved.put(path.path(), path);
            if (path instanceof Saved.File file) {
                files.put(file.path(), file);
            }
        }
        this.comparison = new Comparison(checkpoint, tree, files);
    }

    void sweepLeftovers() throws IOException {
        Set<String> directories = new TreeSet<>();
        Set<String> kept = new TreeSet<>();
        saved.values()
                .forEach(
                        path -> {
                            directories.add(Tree.parent(path.path()));
                            if (!(path instanceof Saved.Absent)) {
                                kept.add(path.path());
                            }
                        });
        new Leftovers(tree, kept, steps).sweep(directories);
    }

    void removeNewPaths() throws InterruptedException {
        for (Saved path : saved.descendingMap().values()) {
            if (path instanceof Saved.Absent) {
                attempt(path.path(), () -> remove(path.path()));
            }
        }
        tree.forgetDirectories();
    }

    void putBackAll() throws IOException, InterruptedException {
        for (Saved path : saved.values()) {
            if (path instanceof Saved.Directory directory) {
                attempt(path.path(), () -> makeDirectory(directory));
            }
        }
        List<Saved> others =
                saved.values().stream()
                        .filter(path -> !(path instanceof Saved.Directory))
                        .filter(path -> !(path instanceof Saved.Absent))
                        .toList();
        Map<String, String> differing = comparison.differences(others);
        for (Saved path : others) {
            if (differing.containsKey(path.path())) {
                attempt(path.path(), () -> prepare(path));
            }
        }
        renameReady();
        for (Saved path : saved.descendingMap().values()) {
            if (path instanceof Saved.Directory directory) {
                attempt(path.path(), () -> giveDirectory(directory));
            }
        }
        tree.sync();
    }

    /// Every path that is not as saved, with what differs, by path.
    Map<String, String> verify() throws InterruptedException {
        tree.forgetDirectories();
        TreeMap<String, String> differing = new TreeMap<>(comparison.differences(saved.values()));
        differing.replaceAll(
                (path, difference) -> {
                    String problem = problems.get(path);
                    return problem == null ? difference : difference + ": " + problem;
                });
        return differing;
    }

    private void remove(String path) throws IOException {
        Optional<LiveFile> live = tree.at(path);
        if (live.isEmpty()) {
            return;
        }
        steps.before("remove " + path);
        Files.delete(tree.path(path));
        tree.forgetDirectories();
    }

    private void makeDirectory(Saved.Directory directory) throws IOException {
        Optional<LiveFile> live = tree.at(directory.path());
        if (live.isPresent() && live.get().isDirectory()) {
            return;
        }
        Path path = tree.path(directory.path());
        if (live.isPresent()) {
            steps.before("remove " + directory.path());
            Files.delete(path);
        }
        steps.before("make directory " + directory.path());
        Files.createDirectory(path);
        LiveFile.give(path, directory.attributes(), false);
        tree.forgetDirectories();
    }

    private void giveDirectory(Saved.Directory directory) throws IOException {
        Path path = tree.path(directory.path());
        Optional<LiveFile> live = tree.at(directory.path());
        if (live.isEmpty() || !live.get().isDirectory()) {
            return;
        }
        if (!live.get().attributes().equals(directory.attributes())) {
            steps.before("attributes of " + directory.path());
            LiveFile.give(path, directory.attributes(), false);
        }
    }

    private void prepare(Saved path) throws IOException, InterruptedException {
        if (!tree.isReachable(path.path())) {
            throw new IOException("its directory is missing");
        }
        Path temporary =
                tree.path(Tree.parent(path.path())).resolve(Leftovers.TEMPORARY + temporaries++);
        steps.before("write " + path.path());
        switch (path) {
            case Saved.File file -> writeWhereThereIsRoom(file, temporary);
            case Saved.HardLink link -> {
                renameReady();
                Files.createLink(temporary, tree.path(link.to()));
            }
            case Saved.Symlink link -> {
                Files.createSymbolicLink(temporary, Path.of(link.target()));
                LiveFile.give(temporary, link.attributes(), true);
            }
            case Saved.Node node -> {
                Libc.makeNode(temporary, node.format() | node.attributes().mode(), node.device());
                LiveFile.give(temporary, node.attributes(), false);
            }
            case Saved.Directory _, Saved.Absent _ ->
                    throw new IllegalStateException("%s is not a file".formatted(path));
        }
        ready.put(temporary, path.path());
        if (readyBytes >= BATCH_BYTES || ready.size() >= BATCH_FILES) {
            renameReady();
        }
    }

    /// What is ready takes the place of what is to go, which makes room.
    private void writeWhereThereIsRoom(Saved.File file, Path temporary)
            throws IOException, InterruptedException {
        try {
            writeFile(file, temporary);
        } catch (IOException e) {
            if (ready.isEmpty()) {
                throw e;
            }
            renameReady();
            writeFile(file, temporary);
        }
    }

    private void writeFile(Saved.File file, Path temporary) throws IOException {
        try {
            LiveFile.copy(checkpoint.content(file.sha256()), temporary);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        LiveFile.give(temporary, file.attributes(), false);
        written.put(temporary, file);
        readyBytes += file.size();
    }

    /// Verifies and syncs what was written under temporary names, then renames it into place.
    private void renameReady() throws IOException, InterruptedException {
        dropDamaged();
        syncReady();
        for (Map.Entry<Path, String> entry : new ArrayList<>(ready.entrySet())) {
            attempt(
                    entry.getValue(),
                    () -> {
                        steps.before("rename " + entry.getValue());
                        rename(entry.getKey(), tree.path(entry.getValue()));
                    });
        }
        ready.clear();
        readyBytes = 0;
    }

    private void dropDamaged() throws IOException, InterruptedException {
        Map<Path, String> digests = FileDigests.of(List.copyOf(written.keySet()));
        for (Map.Entry<Path, Saved.File> entry : written.entrySet()) {
            Path temporary = entry.getKey();
            String expected = entry.getValue().sha256();
            if (expected.equals(digests.get(temporary))) {
                continue;
            }
            // What reckoned it may be broken itself.
            String sha256 = FileDigests.of(temporary);
            if (!sha256.equals(expected)) {
                Files.delete(temporary);
                ready.remove(temporary);
                problems.put(
                        entry.getValue().path(),
                        "the kept content is damaged: its SHA-256 is " + sha256);
            }
        }
        written.clear();
    }

    private void syncReady() throws IOException {
        Set<Path> folders = new HashSet<>();
        Map<Object, Path> oneOfEachFileSystem = new HashMap<>();
        for (Path temporary : ready.keySet()) {
            Path folder = temporary.getParent();
            if (folders.add(folder)) {
                oneOfEachFileSystem.putIfAbsent(
                        Files.getAttribute(temporary, "unix:dev", LinkOption.NOFOLLOW_LINKS),
                        folder);
            }
        }
        for (Path directory : oneOfEachFileSystem.values()) {
            Libc.sync(directory);
        }
    }

    private void rename(Path temporary, Path place) throws IOException {
        if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(place);
            tree.forgetDirectories();
        }
        if (isSameInode(temporary, place)) {
            Files.delete(temporary);
            return;
        }
        Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Renaming one name of a file onto another name of it does nothing and leaves both.
    private static boolean isSameInode(Path one, Path other) throws IOException {
        UnixStat stat = UnixStat.of(one);
        if (stat.links() < 2 || !Files.exists(other, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        UnixStat there = UnixStat.of(other);
        return stat.inode() == there.inode() && stat.device() == there.device();
    }

    /// A path that cannot be put back must not keep the others from it; verification names it.
    private void attempt(String path, Step step) throws InterruptedException {
        try {
            step.run();
        } catch (IOException e) {
            problems.put(path, e.toString());
        }
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }
}
