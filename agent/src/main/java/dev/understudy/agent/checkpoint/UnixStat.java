package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What `lstat` says of a path; `mode` includes the file type.
record UnixStat(
        int mode,
        int uid,
        int gid,
        int links,
        long device,
        long inode,
        long size,
        long nodeDevice,
        Instant modified,
        Instant changed) {
    static final int TYPE = 0170000;
    static final int REGULAR = 0100000;
    static final int DIRECTORY = 0040000;
    static final int SYMLINK = 0120000;
    static final int CHARACTER_DEVICE = 0020000;

    private static final String ATTRIBUTES =
            "unix:mode,uid,gid,nlink,dev,ino,size,rdev,lastModifiedTime,ctime";

    static UnixStat of(Path path) throws IOException {
        Optional<UnixStat> fast = Libc.stat(path);
        return fast.isPresent() ? fast.get() : byJava(path);
    }

    static UnixStat byJava(Path path) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        return new UnixStat(
                (int) number(unix, "mode"),
                (int) number(unix, "uid"),
                (int) number(unix, "gid"),
                (int) number(unix, "nlink"),
                number(unix, "dev"),
                number(unix, "ino"),
                number(unix, "size"),
                number(unix, "rdev"),
                time(unix, "lastModifiedTime"),
                time(unix, "ctime"));
    }

    int type() {
        return mode & TYPE;
    }

    private static long number(Map<String, Object> unix, String name) {
        return ((Number) Objects.requireNonNull(unix.get(name), name)).longValue();
    }

    private static Instant time(Map<String, Object> unix, String name) {
        return ((FileTime) Objects.requireNonNull(unix.get(name), name)).toInstant();
    }
}
