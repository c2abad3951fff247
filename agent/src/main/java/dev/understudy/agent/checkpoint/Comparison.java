package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.Saved.Attributes;
import dev.understudy.agent.checkpoint.Saved.Origin;
import dev.understudy.agent.exec.Background;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Whether what is at a path is what the checkpoint has: type, content, owner, permissions and
/// extended attributes. Content is compared byte by byte with what the checkpoint keeps; as long as
/// nothing touches the file, the answer is remembered.
final class Comparison {
    private final Checkpoint checkpoint;
    private final Tree tree;
    private final Map<String, Saved.File> files;
    private final Map<String, Origin> equal = new ConcurrentHashMap<>();

    /// @param files the regular files of the checkpoint, by path
    Comparison(Checkpoint checkpoint, Tree tree, Map<String, Saved.File> files) {
        this.checkpoint = checkpoint;
        this.tree = tree;
        this.files = files;
    }

    /// What differs, in words, by path. Two threads look at one half each.
    Map<String, String> differences(Collection<Saved> paths) throws InterruptedException {
        List<Saved> all = List.copyOf(paths);
        int half = all.size() / 2;
        try (Background<Map<String, String>> rest =
                Background.start("compare", () -> eachDifference(all.subList(half, all.size())))) {
            Map<String, String> differing = eachDifference(all.subList(0, half));
            differing.putAll(rest.get());
            return differing;
        }
    }

    private Map<String, String> eachDifference(List<Saved> paths) throws InterruptedException {
        Map<String, String> differing = new HashMap<>();
        for (Saved path : paths) {
            try {
                difference(path).ifPresent(words -> differing.put(path.path(), words));
            } catch (ClosedByInterruptException e) {
                throw new InterruptedException("broken off at " + path.path());
            } catch (IOException e) {
                differing.put(path.path(), "cannot be compared: " + e);
            }
        }
        return differing;
    }

    private Optional<String> difference(Saved saved) throws IOException {
        Optional<LiveFile> found = tree.at(saved.path());
        if (saved instanceof Saved.Absent) {
            return found.map(live -> "is there although it was not before");
        }
        if (found.isEmpty()) {
            return Optional.of("is missing");
        }
        LiveFile live = found.get();
        return switch (saved) {
            case Saved.Absent _ -> Optional.empty();
            case Saved.File file -> file(file.path(), file, live);
            case Saved.HardLink link -> {
                Saved.File first = files.get(link.to());
                if (first == null) {
                    yield Optional.of("is a link to " + link.to() + ", which was not kept");
                }
                yield tree.at(link.to()).stream().anyMatch(live::isSameFile)
                        ? file(link.path(), first, live)
                        : Optional.of("is not the same file as " + link.to());
            }
            case Saved.Symlink link ->
                    !live.isSymlink() || !live.target().equals(link.target())
                            ? Optional.of("is not a link to " + link.target())
                            : attributes(link.attributes(), live);
            case Saved.Directory directory ->
                    !live.isDirectory()
                            ? Optional.of("is not a directory")
                            : attributes(directory.attributes(), live);
            case Saved.Node node ->
                    live.type() != node.format() || live.device() != node.device()
                            ? Optional.of("is not the same device node")
                            : attributes(node.attributes(), live);
        };
    }

    private Optional<String> file(String path, Saved.File file, LiveFile live) throws IOException {
        if (!live.isRegular()) {
            return Optional.of("is not a regular file");
        }
        if (live.origin().size() != file.size() || !hasContent(path, file, live)) {
            return Optional.of("has other content");
        }
        return attributes(file.attributes(), live);
    }

    private boolean hasContent(String path, Saved.File file, LiveFile live) throws IOException {
        if (live.origin().equals(equal.get(path))) {
            return true;
        }
        boolean same = Files.mismatch(checkpoint.content(file.sha256()), tree.path(path)) < 0;
        if (same) {
            equal.put(path, live.origin());
        }
        return same;
    }

    private static Optional<String> attributes(Attributes expected, LiveFile live) {
        Attributes now = live.attributes();
        return expected.equivalent(now)
                ? Optional.empty()
                : Optional.of("has other attributes: " + now + " instead of " + expected);
    }
}
