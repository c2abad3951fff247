package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What still differs between a twin after its undo and the live host: the proof of the undo that
/// does not rely on the checkpoint's own word.
public final class Difference {
    private final Tree host;
    private final Tree twin;

    public Difference(Path host, Path twin) {
        this.host = new Tree(host);
        this.twin = new Tree(twin);
    }

    /// Every path of the change set at which twin and host differ, with what differs, by path.
    public Map<String, String> of(ChangeSet changes) throws IOException {
        Map<String, String> differences = new TreeMap<>();
        for (Change change : changes.changes()) {
            Optional<LiveFile> there = host.at(change.path());
            Optional<LiveFile> here = twin.at(change.path());
            if (there.isEmpty() && here.isEmpty()) {
                continue;
            }
            if (there.isEmpty()) {
                differences.put(change.path(), "is new");
            } else if (here.isEmpty()) {
                differences.put(change.path(), "is missing");
            } else {
                difference(change.path(), there.get(), here.get())
                        .ifPresent(text -> differences.put(change.path(), text));
            }
        }
        return differences;
    }

    private Optional<String> difference(String path, LiveFile there, LiveFile here)
            throws IOException {
        if (there.type() != here.type()) {
            return Optional.of("is of another type");
        }
        if (!there.attributes().equivalent(here.attributes())) {
            return Optional.of(
                    "has other attributes: %s instead of %s"
                            .formatted(here.attributes(), there.attributes()));
        }
        if (!there.target().equals(here.target()) || there.device() != here.device()) {
            return Optional.of("leads elsewhere");
        }
        boolean sameContent =
                !there.isRegular()
                        || (there.origin().size() == here.origin().size()
                                && Files.mismatch(host.path(path), twin.path(path)) < 0);
        return sameContent ? Optional.empty() : Optional.of("has other content");
    }
}
