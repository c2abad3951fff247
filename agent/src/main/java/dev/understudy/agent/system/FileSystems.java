package dev.understudy.agent.system;

import dev.understudy.protocol.DiskSpace;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The mounted local file systems that hold files for good. Network file systems are left out: a
/// server that is away would hang us.
public final class FileSystems {
    private static final Set<String> LOCAL =
            Set.of(
                    "ext2",
                    "ext3",
                    "ext4",
                    "xfs",
                    "btrfs",
                    "vfat",
                    "zfs",
                    "f2fs",
                    "jfs",
                    "bcachefs");

    private FileSystems() {}

    /// One entry of mountinfo(5).
    public record Mount(String device, String path, String type) {}

    /// Space on each, once per device, by the shortest path at which it is mounted.
    public static List<DiskSpace> disks(Proc proc) {
        Map<String, Mount> byDevice = new TreeMap<>();
        for (Mount mount : parse(proc.read("self/mountinfo").orElse(""))) {
            boolean root = mount.path().equals("/") && !mount.type().equals("rootfs");
            if (LOCAL.contains(mount.type()) || root) {
                byDevice.merge(
                        mount.device(),
                        mount,
                        (a, b) -> a.path().length() <= b.path().length() ? a : b);
            }
        }
        List<DiskSpace> disks = new ArrayList<>();
        for (Mount mount : byDevice.values()) {
            try {
                FileStore store = Files.getFileStore(Path.of(mount.path()));
                disks.add(
                        new DiskSpace(mount.path(), store.getTotalSpace(), store.getUsableSpace()));
            } catch (IOException | InvalidPathException _) {
                // Unmounted since, hidden below another mount, not ours to see, or of a name that
                // the locale cannot spell.
            }
        }
        disks.sort((a, b) -> a.mount().compareTo(b.mount()));
        return disks;
    }

    /// Lines such as `36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw`; others are left
    /// out.
    static List<Mount> parse(String mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : mountinfo.lines().toList()) {
            String[] fields = line.split(" ");
            int dash = List.of(fields).indexOf("-");
            if (dash >= 6 && dash + 1 < fields.length) {
                mounts.add(new Mount(fields[2], unescape(fields[4]), fields[dash + 1]));
            }
        }
        return mounts;
    }

    private static String unescape(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
