package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.agent.checkpoint.Saved.Origin;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Plan;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Copies the live state of a change set's paths into a new checkpoint. The content of files that
/// an `earlier` checkpoint already holds, and that were not touched since, is linked from there
/// instead of read again.
final class TakeCheckpoint {
    /// Left free beyond what the checkpoint needs.
    private static final long MARGIN = 64L << 20;

    private static final int ATTEMPTS = 3;

    private final Tree tree;
    private final Path folder;
    private final Map<String, Saved.File> earlier = new HashMap<>();
    private final Optional<Checkpoint> source;
    private final TreeMap<String, Saved> saved = new TreeMap<>();
    private final Map<Inode, String> linked = new HashMap<>();

    private record Inode(long device, long inode) {}

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
            throws IOException, CheckpointException {
        TreeMap<String, LiveFile> live = new TreeMap<>();
        for (Change change : changes.changes()) {
            find(change, live);
        }
        requireSpace(live);
        for (Map.Entry<String, LiveFile> entry : live.entrySet()) {
            saved.put(entry.getKey(), save(entry.getKey(), entry.getValue()));
        }
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

    private Saved save(String path, LiveFile live) throws IOException, CheckpointException {
        if (live.isSymlink()) {
            return new Saved.Symlink(path, live.attributes(), live.target());
        }
        if (live.isDirectory()) {
            return new Saved.Directory(path, live.attributes());
        }
        if (!live.isRegular()) {
            return new Saved.Node(path, live.attributes(), live.type(), live.device());
        }
        if (live.links() > 1) {
            Inode inode = new Inode(live.origin().device(), live.origin().inode());
            String first = linked.putIfAbsent(inode, path);
            if (first != null) {
                return new Saved.HardLink(path, first);
            }
        }
        return isKept(path, live) ? link(path, live) : copy(path);
    }

    private boolean isKept(String path, LiveFile live) {
        Saved.File file = earlier.get(path);
        return file != null && file.origin().equals(live.origin());
    }

    private Saved link(String path, LiveFile live) throws IOException {
        Saved.File file = Objects.requireNonNull(earlier.get(path));
        Path content = Checkpoint.content(folder, file.sha256());
        Files.createDirectories(content.getParent());
        try {
            Files.createLink(content, source.orElseThrow().content(file.sha256()));
        } catch (FileAlreadyExistsException same) {
            return new Saved.File(
                    path, live.attributes(), file.sha256(), file.size(), live.origin());
        }
        return new Saved.File(path, live.attributes(), file.sha256(), file.size(), live.origin());
    }

    /// Copies a file that may be written to meanwhile: what counts is a copy during which it was
    /// not.
    private Saved copy(String path) throws IOException, CheckpointException {
        Path copy = folder.resolve("copying");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<LiveFile> before = tree.at(path);
            if (before.isEmpty() || !before.get().isRegular()) {
                break;
            }
            String sha256;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy))) {
                sha256 = LiveFile.copy(tree.path(path), out);
            }
            Optional<Origin> after = tree.at(path).map(LiveFile::origin);
            if (after.equals(before.map(LiveFile::origin))) {
                Path content = Checkpoint.content(folder, sha256);
                Files.createDirectories(content.getParent());
                Files.move(copy, content, StandardCopyOption.ATOMIC_MOVE);
                LiveFile file = before.get();
                return new Saved.File(
                        path, file.attributes(), sha256, file.origin().size(), file.origin());
            }
        }
        throw new CheckpointException(
                "%s keeps changing while it is copied. Is the package manager running?"
                        .formatted(path));
    }
}
