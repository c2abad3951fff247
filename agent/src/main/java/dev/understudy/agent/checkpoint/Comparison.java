package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.Saved.Attributes;
import dev.understudy.agent.checkpoint.Saved.Origin;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Whether what is at a path is what the checkpoint has: type, content, owner, permissions and
/// extended attributes. A file's content is read once; as long as nothing touches the file, the
/// answer is remembered.
final class Comparison {
    private final Tree tree;
    private final Map<String, Saved.File> files;
    private final Map<String, Known> digests = new HashMap<>();

    private record Known(Origin origin, String sha256) {}

    /// @param files the regular files of the checkpoint, by path
    Comparison(Tree tree, Map<String, Saved.File> files) {
        this.tree = tree;
        this.files = files;
    }

    /// What differs, in words; empty if nothing does.
    Optional<String> difference(Saved saved) throws IOException {
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
                    live.type() != node.type() || live.device() != node.device()
                            ? Optional.of("is not the same device node")
                            : attributes(node.attributes(), live);
        };
    }

    private Optional<String> file(String path, Saved.File file, LiveFile live) throws IOException {
        if (!live.isRegular()) {
            return Optional.of("is not a regular file");
        }
        if (live.origin().size() != file.size() || !digest(path, live).equals(file.sha256())) {
            return Optional.of("has other content");
        }
        return attributes(file.attributes(), live);
    }

    private String digest(String path, LiveFile live) throws IOException {
        Known known = digests.get(path);
        if (known != null && known.origin().equals(live.origin())) {
            return known.sha256();
        }
        String sha256 = LiveFile.digest(tree.path(path));
        digests.put(path, new Known(live.origin(), sha256));
        return sha256;
    }

    private static Optional<String> attributes(Attributes expected, LiveFile live) {
        Attributes now = live.attributes();
        return expected.equivalent(now)
                ? Optional.empty()
                : Optional.of("has other attributes: " + now + " instead of " + expected);
    }
}
