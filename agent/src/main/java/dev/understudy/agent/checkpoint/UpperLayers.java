package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All writable layers of a twin, read as overlayfs writes them: a removed path is a character
/// device 0:0, a directory that hides what was below it is marked opaque. The layers must have been
/// mounted without redirects and without metadata-only copies.
public final class UpperLayers {
    private final List<UpperLayer> layers;

    public UpperLayers(List<UpperLayer> layers) {
        this.layers = List.copyOf(layers);
    }

    /// What an entry of a layer was at one moment; equal stamps mean that nothing was written.
    public record Stamp(long inode, long size, Instant changed, int uid, Kind kind) {}

    /// A moment's stamp of every path in the layers.
    public Map<String, Stamp> stamps() throws IOException {
        Map<String, Stamp> stamps = new HashMap<>();
        for (UpperLayer layer : layers) {
            Files.walkFileTree(layer.directory(), new Stamper(layer, stamps));
        }
        return stamps;
    }

    /// What was changed after `earlier` and is within `scope`. What the twin wrote while it booted,
    /// before the patch, is in `earlier` and so is not taken for the patch's doing.
    public ChangeSet changedSince(Map<String, Stamp> earlier, Scope scope) throws IOException {
        List<Change> changes = new ArrayList<>();
        int leftOut = 0;
        for (Map.Entry<String, Stamp> entry : stamps().entrySet()) {
            if (entry.getValue().equals(earlier.get(entry.getKey()))) {
                continue;
            }
            if (scope.covers(entry.getKey(), entry.getValue().uid())) {
                changes.add(new Change(entry.getKey(), entry.getValue().kind()));
            } else {
                leftOut++;
            }
        }
        return new ChangeSet(changes, leftOut);
    }

    private static final class Stamper extends SimpleFileVisitor<Path> {
        private final UpperLayer layer;
        private final Map<String, Stamp> stamps;

        Stamper(UpperLayer layer, Map<String, Stamp> stamps) {
            this.layer = layer;
            this.stamps = stamps;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes basic)
                throws IOException {
            if (!directory.equals(layer.directory())) {
                Kind kind = isOpaque(directory) ? Kind.REPLACED : Kind.ENTERED;
                put(directory, kind);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes basic) throws IOException {
            Kind kind = basic.isOther() && isWhiteout(file) ? Kind.REMOVED : Kind.WRITTEN;
            put(file, kind);
            return FileVisitResult.CONTINUE;
        }

        /// The twin is alive while it is read: what vanishes meanwhile was not there.
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        private void put(Path path, Kind kind) throws IOException {
            try {
                stamps.put(layer.named(path), stamp(path, kind));
            } catch (NoSuchFileException gone) {
                stamps.remove(layer.named(path));
            }
        }

        private static Stamp stamp(Path path, Kind kind) throws IOException {
            UnixStat stat = UnixStat.of(path);
            return new Stamp(stat.inode(), stat.size(), stat.changed(), stat.uid(), kind);
        }

        private static boolean isWhiteout(Path path) throws IOException {
            UnixStat stat = UnixStat.of(path);
            return stat.type() == UnixStat.CHARACTER_DEVICE && stat.nodeDevice() == 0;
        }

        private static boolean isOpaque(Path directory) throws IOException {
            byte[] mark = Libc.attribute(directory, "trusted.overlay.opaque");
            return mark.length == 1 && mark[0] == 'y';
        }
    }
}
