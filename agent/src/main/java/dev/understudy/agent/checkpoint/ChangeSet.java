package dev.understudy.agent.checkpoint;

import java.util.Comparator;
import java.util.List;

/// The paths that a patch changes on one host, as the upper layers of its twin have them after the
/// rehearsal, without data, caches and other volatile places (see [Scope]). Sorted by path.
///
/// @param leftOut how many changed paths were left out because they are data or volatile
public record ChangeSet(List<Change> changes, int leftOut) {

    /// One changed path, absolute and without symbolic links in its parents.
    public record Change(String path, Kind kind) implements Comparable<Change> {
        private static final Comparator<Change> ORDER = Comparator.comparing(Change::path);

        public Change {
            if (!path.startsWith("/") || path.contains("/../") || path.endsWith("/..")) {
                throw new IllegalArgumentException(
                        "A changed path must be absolute and plain: '%s'".formatted(path));
            }
        }

        @Override
        public int compareTo(Change other) {
            return ORDER.compare(this, other);
        }
    }

    /// What happened to a path.
    public enum Kind {
        /// A file, link or node that is new or has other content or attributes. Where the host has
        /// a directory, all of that is gone.
        WRITTEN,
        /// A directory that is new, or whose content or attributes changed.
        ENTERED,
        /// It is gone, with everything below it.
        REMOVED,
        /// A directory that was removed and made anew: all it held before is gone.
        REPLACED
    }

    public ChangeSet {
        changes = changes.stream().sorted().toList();
    }

    public int size() {
        return changes.size();
    }

    /// The changed paths below /etc.
    public List<String> configurationPaths() {
        return changes.stream().map(Change::path).filter(path -> path.startsWith("/etc/")).toList();
    }
}
