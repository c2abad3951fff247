package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.Saved.Attributes;
import dev.understudy.agent.checkpoint.Saved.Origin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is at one path right now: everything that the checkpoint keeps of it but the content.
///
/// @param type the file type of its mode
/// @param links how many names the file has
record LiveFile(
        int type, Attributes attributes, Origin origin, int links, long device, String target) {
    private static final int PERMISSIONS = 07777;
    private static final long MOST_AT_ONCE = 1L << 30;

    /// Reads what is at the path without following a symbolic link; empty if nothing is.
    static Optional<LiveFile> at(Path path) throws IOException {
        try {
            UnixStat stat = UnixStat.of(path);
            Attributes attributes =
                    new Attributes(
                            stat.mode() & PERMISSIONS,
                            stat.uid(),
                            stat.gid(),
                            stat.modified(),
                            extended(path));
            Origin origin =
                    new Origin(
                            stat.device(),
                            stat.inode(),
                            stat.size(),
                            stat.modified(),
                            stat.changed());
            String target =
                    stat.type() == UnixStat.SYMLINK ? Files.readSymbolicLink(path).toString() : "";
            return Optional.of(
                    new LiveFile(
                            stat.type(),
                            attributes,
                            origin,
                            stat.links(),
                            stat.nodeDevice(),
                            target));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    boolean isRegular() {
        return type == UnixStat.REGULAR;
    }

    boolean isDirectory() {
        return type == UnixStat.DIRECTORY;
    }

    boolean isSymlink() {
        return type == UnixStat.SYMLINK;
    }

    boolean isSameFile(LiveFile other) {
        return origin.device() == other.origin.device() && origin.inode() == other.origin.inode();
    }

    /// Copies the content to a new file, or over one.
    static void copy(Path from, Path to) throws IOException {
        try (FileChannel in =
                        FileChannel.open(from, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                FileChannel out =
                        FileChannel.open(
                                to,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING)) {
            long copied = 0;
            for (long n = 1; n > 0; copied += n) {
                n = in.transferTo(copied, MOST_AT_ONCE, out);
            }
        }
    }

    /// Gives the path these attributes: owner first, since that clears what comes after it.
    static void give(Path path, Attributes attributes, boolean symlink) throws IOException {
        Files.setAttribute(path, "unix:uid", attributes.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", attributes.gid(), LinkOption.NOFOLLOW_LINKS);
        if (!symlink) {
            Files.setAttribute(path, "unix:mode", attributes.mode());
        }
        List<String> extra = new ArrayList<>(Libc.attributeNames(path));
        for (Map.Entry<String, String> attribute : attributes.extended().entrySet()) {
            byte[] value = Base64.getDecoder().decode(attribute.getValue());
            Libc.setAttribute(path, attribute.getKey(), value);
            extra.remove(attribute.getKey());
        }
        for (String name : extra) {
            Libc.removeAttribute(path, name);
        }
        Libc.setModified(path, attributes.modified());
    }

    private static Map<String, String> extended(Path path) throws IOException {
        Map<String, String> extended = new TreeMap<>();
        for (String name : Libc.attributeNames(path)) {
            extended.put(name, Base64.getEncoder().encodeToString(Libc.attribute(path, name)));
        }
        return extended;
    }
}
