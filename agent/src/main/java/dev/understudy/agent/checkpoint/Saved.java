package dev.understudy.agent.checkpoint;

import java.time.Instant;
import java.util.Map;

/// One path of a checkpoint as it was on the live host. Together these are the checkpoint's
/// manifest: what a restore puts back and what it is verified against.
sealed interface Saved {
    String path();

    /// Owner, permissions (without the file type) and extended attributes (values in Base64, sorted
    /// by name; ACLs and capabilities are among them).
    record Attributes(int mode, int uid, int gid, Instant modified, Map<String, String> extended) {
        public Attributes {
            extended = Map.copyOf(extended);
        }

        /// The same but for the time, which says nothing about whether a restore is complete.
        boolean equivalent(Attributes other) {
            return mode == other.mode
                    && uid == other.uid
                    && gid == other.gid
                    && extended.equals(other.extended);
        }
    }

    /// Which file on disk the content was read from; while it is equal, the content is too.
    record Origin(long device, long inode, long size, Instant modified, Instant changed) {}

    /// A regular file; its content is kept under its SHA-256.
    record File(String path, Attributes attributes, String sha256, long size, Origin origin)
            implements Saved {
        public File {
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "the content of %s is named '%s', which is no SHA-256"
                                .formatted(path, sha256));
            }
        }
    }

    /// A further name of the regular file saved at `to`.
    record HardLink(String path, String to) implements Saved {}

    /// A symbolic link.
    record Symlink(String path, Attributes attributes, String target) implements Saved {}

    /// A directory; what it holds is listed path by path, where it is in the checkpoint at all.
    record Directory(String path, Attributes attributes) implements Saved {}

    /// A device node, FIFO or socket; `format` is the file type of its mode.
    record Node(String path, Attributes attributes, int format, long device) implements Saved {}

    /// Nothing: the patch makes this path, so a restore removes it.
    record Absent(String path) implements Saved {}
}
