package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.agent.checkpoint.Saved.Origin;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Copies the live state of a change set's paths into a new checkpoint. The content of files that
/// an `earlier` checkpoint already holds, and that were not touched since, is linked from there
/// instead of read again.
final class TakeCheckpoint {
    /// Left free beyond what the checkpoint needs.
    private static final long MARGIN = 64L << 20;

    private static final int ATTEMPTS = 3;
    private static final String COPIES = "copies";

    private final Tree tree;
    private final Path folder;
    private final Map<String, Saved.File> earlier = new HashMap<>();
    private final Optional<Checkpoint> source;
    private final TreeMap<String, Saved> saved = new TreeMap<>();
    private final Map<Inode, String> linked = new HashMap<>();

    private final Set<Path> made = new HashSet<>();
    private final Map<Path, Copied> copies = new LinkedHashMap<>();

    private record Inode(long device, long inode) {}

    /// A file whose content was copied, as it was then.
    private record Copied(String path, LiveFile file) {}

    TakeCheckpoint(Tree tree, Path folder, Optional<Checkpoint> source)
            throws IOException, CheckpointException {
        this.tree = tree;
        this.folder = folder;
        this.source = source;
        if (source.isPresent()) {
            for (Saved path : source.get().manifest().paths()) {
                if (path instanceof Saved.File file) {
                    earlier.put(file.path(), file);
                }
            }
        }
    }

    /// Fills the folder, which must exist, and makes it durable with all that is in it already.
    ///
    /// @param repacked see [Manifest.Header]
    void take(
            String id,
            Instant now,
            Plan plan,
            List<InstalledPackage> packages,
            ChangeSet changes,
            @Nullable List<String> repacked)
            throws IOException, CheckpointException, InterruptedException {
        TreeMap<String, LiveFile> live = new TreeMap<>();
        for (Change change : changes.changes()) {
            find(change, live);
        }
        requireSpace(live);
        for (Map.Entry<String, LiveFile> entry : live.entrySet()) {
            save(entry.getKey(), entry.getValue())
                    .ifPresent(kept -> saved.put(entry.getKey(), kept));
        }
        nameCopies();
        long bytes =
                saved.values().stream()
                        .mapToLong(path -> path instanceof Saved.File file ? file.size() : 0)
                        .sum();
        bytes += bytesIn(folder.resolve(Checkpoint.ARCHIVES));
        Manifest.Header header = new Manifest.Header(id, now, plan, packages, bytes, repacked);
        new Manifest(header, List.copyOf(saved.values()))
                .write(folder.resolve(Checkpoint.MANIFEST));
        Libc.sync(folder);
    }

    private static long bytesIn(Path archives) throws IOException {
        long bytes = 0;
        if (Files.isDirectory(archives)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(archives)) {
                for (Path file : files) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes;
    }

    private void find(Change change, Map<String, LiveFile> live) throws IOException {
        Optional<LiveFile> now = tree.at(change.path());
        if (now.isEmpty()) {
            saved.put(change.path(), new Saved.Absent(change.path()));
            return;
        }
        live.put(change.path(), now.get());
        if (now.get().isDirectory() && change.kind() != Kind.ENTERED) {
            findBelow(change.path(), live);
        }
    }

    private void findBelow(String directory, Map<String, LiveFile> live) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree.path(directory))) {
            for (Path child : children) {
                String path = directory + "/" + child.getFileName();
                Optional<LiveFile> now = tree.at(path);
                if (now.isPresent()) {
                    live.put(path, now.get());
                    if (now.get().isDirectory()) {
                        findBelow(path, live);
                    }
                }
            }
        }
    }

    private void requireSpace(Map<String, LiveFile> live) throws IOException, CheckpointException {
        long needed = MARGIN;
        for (Map.Entry<String, LiveFile> entry : live.entrySet()) {
            LiveFile file = entry.getValue();
            if (file.isRegular() && !isKept(entry.getKey(), file)) {
                needed += file.origin().size() + 4096;
            }
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < needed) {
            throw new CheckpointException(
                    "The checkpoint needs %d MiB in %s and %d MiB are free"
                            .formatted(needed >> 20, folder, free >> 20));
        }
    }

    /// What is kept of the path; empty for a copy, which gets its name later.
    private Optional<Saved> save(String path, LiveFile live)
            throws IOException, CheckpointException {
        if (live.isSymlink()) {
            return Optional.of(new Saved.Symlink(path, live.attributes(), live.target()));
        }
        if (live.isDirectory()) {
            return Optional.of(new Saved.Directory(path, live.attributes()));
        }
        if (!live.isRegular()) {
            return Optional.of(new Saved.Node(path, live.attributes(), live.type(), live.device()));
        }
        if (live.links() > 1) {
            Inode inode = new Inode(live.origin().device(), live.origin().inode());
            String first = linked.putIfAbsent(inode, path);
            if (first != null) {
                return Optional.of(new Saved.HardLink(path, first));
            }
        }
        if (isKept(path, live)) {
            return Optional.of(link(path, live));
        }
        copy(path);
        return Optional.empty();
    }

    private boolean isKept(String path, LiveFile live) {
        Saved.File file = earlier.get(path);
        return file != null && file.origin().equals(live.origin());
    }

    private Saved link(String path, LiveFile live) throws IOException {
        Saved.File file = Objects.requireNonNull(earlier.get(path));
        Path content = placeOf(file.sha256());
        try {
            Files.createLink(content, source.orElseThrow().content(file.sha256()));
        } catch (FileAlreadyExistsException same) {
            return new Saved.File(
                    path, live.attributes(), file.sha256(), file.size(), live.origin());
        }
        return new Saved.File(path, live.attributes(), file.sha256(), file.size(), live.origin());
    }

    /// Where content of that digest goes, in a folder that exists.
    private Path placeOf(String sha256) throws IOException {
        Path content = Checkpoint.content(folder, sha256);
        if (made.add(content.getParent())) {
            Files.createDirectories(content.getParent());
        }
        return content;
    }

    /// Copies a file that may be written to meanwhile: what counts is a copy during which it was
    /// not.
    private void copy(String path) throws IOException, CheckpointException {
        Path copy = folder.resolve(COPIES).resolve("" + copies.size());
        if (made.add(copy.getParent())) {
            Files.createDirectories(copy.getParent());
        }
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<LiveFile> before = tree.at(path);
            if (before.isEmpty() || !before.get().isRegular()) {
                break;
            }
            LiveFile.copy(tree.path(path), copy);
            Optional<Origin> after = tree.at(path).map(LiveFile::origin);
            if (after.equals(before.map(LiveFile::origin))) {
                copies.put(copy, new Copied(path, before.get()));
                return;
            }
        }
        throw new CheckpointException(
                "%s keeps changing while it is copied. Is the package manager running?"
                        .formatted(path));
    }

    /// Moves every copy to the place that its content has.
    private void nameCopies() throws IOException, InterruptedException {
        Map<Path, String> digests = FileDigests.of(List.copyOf(copies.keySet()));
        for (Map.Entry<Path, Copied> copy : copies.entrySet()) {
            String sha256 = Objects.requireNonNull(digests.get(copy.getKey()));
            Path content = placeOf(sha256);
            Files.move(copy.getKey(), content, StandardCopyOption.ATOMIC_MOVE);
            String path = copy.getValue().path();
            LiveFile file = copy.getValue().file();
            saved.put(
                    path,
                    new Saved.File(
                            path, file.attributes(), sha256, file.origin().size(), file.origin()));
        }
        Files.deleteIfExists(folder.resolve(COPIES));
    }
}
