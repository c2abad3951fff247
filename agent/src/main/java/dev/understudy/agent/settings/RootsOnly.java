package dev.understudy.agent.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// What runs as root must belong to root and not be writable by anybody else.
public final class RootsOnly {
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private RootsOnly() {}

    /// @throws IllegalArgumentException saying who else could have a hand in it
    public static void require(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new IllegalArgumentException(path.getFileName() + " is a symbolic link");
        }
        Object uid = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!Integer.valueOf(0).equals(uid)) {
            throw new IllegalArgumentException(
                    "%s belongs to user %s, not to root".formatted(path.getFileName(), uid));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.stream().anyMatch(WRITABLE_BY_OTHERS::contains)) {
            throw new IllegalArgumentException(
                    "%s may be written by others than root".formatted(path.getFileName()));
        }
    }
}
