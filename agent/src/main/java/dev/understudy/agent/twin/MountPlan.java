package dev.understudy.agent.twin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// How each of the host's file systems appears in the twin, in the order in which they must be
/// mounted. Overlayfs does not cross mount points, so every file system gets a layer of its own.
///
/// @param leftOut mount points that the twin lacks, with the reason
record MountPlan(List<Mount> mounts, List<LeftOut> leftOut) {

    /// A mount point of the host that the twin has too.
    record Mount(String at, Kind kind) {}

    /// A mount point of the host that the twin lacks.
    record LeftOut(String at, String reason) {}

    /// How a file system appears in the twin.
    enum Kind {
        /// Below a writable layer that is thrown away.
        LAYER,
        /// A copy of all its files, thrown away too: overlayfs refuses it as a lower layer.
        COPY,
        /// Itself, read-only.
        BIND
    }

    /// Made anew in the twin.
    private static final List<String> FRESH = List.of("/proc", "/sys", "/dev", "/run", "/tmp");

    /// What container engines mount here belongs to containers, not to the host.
    private static final List<String> CONTAINERS =
            List.of(
                    "/var/lib/docker",
                    "/var/lib/containers",
                    "/var/lib/containerd",
                    "/var/lib/kubelet",
                    "/var/lib/lxc",
                    "/var/lib/lxd",
                    "/var/lib/machines");

    private static final Set<String> NETWORK =
            Set.of(
                    "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "smbfs",
                    "ceph",
                    "9p",
                    "afs",
                    "lustre",
                    "gpfs",
                    "beegfs",
                    "ocfs2",
                    "gfs2",
                    "virtiofs",
                    "davfs",
                    "orangefs",
                    "ncpfs",
                    "coda");

    private static final Set<String> PSEUDO =
            Set.of(
                    "proc",
                    "sysfs",
                    "devtmpfs",
                    "devpts",
                    "cgroup",
                    "cgroup2",
                    "securityfs",
                    "selinuxfs",
                    "debugfs",
                    "tracefs",
                    "pstore",
                    "bpf",
                    "mqueue",
                    "hugetlbfs",
                    "configfs",
                    "fusectl",
                    "binfmt_misc",
                    "autofs",
                    "rpc_pipefs",
                    "efivarfs",
                    "nsfs",
                    "ramfs");

    private static final Set<String> READ_ONLY = Set.of("squashfs", "iso9660", "erofs", "cramfs");

    /// Refused by overlayfs as a lower layer.
    private static final Set<String> NO_LOWER_LAYER = Set.of("vfat", "msdos", "exfat", "ntfs3");

    MountPlan {
        mounts = List.copyOf(mounts);
        leftOut = List.copyOf(leftOut);
    }

    /// Reads the host's `/proc/1/mountinfo`.
    ///
    /// @param directories those of the mount points that are directories (a single file can be a
    ///   mount point too)
    /// @param small whether what is mounted there is small enough to be copied
    static MountPlan of(String mountinfo, Collection<String> directories, Predicate<String> small) {
        Map<String, Line> last = new LinkedHashMap<>();
        for (String text : mountinfo.lines().toList()) {
            Line line = Line.parse(text);
            last.remove(line.at());
            last.put(line.at(), line);
        }
        List<Mount> mounts = new ArrayList<>();
        List<LeftOut> leftOut = new ArrayList<>();
        for (Line line : last.values()) {
            if (within(line.at(), FRESH)
                    || within(line.at(), CONTAINERS)
                    || PSEUDO.contains(line.type())) {
                continue;
            }
            if (NETWORK.contains(line.type()) || line.type().startsWith("fuse")) {
                leftOut.add(new LeftOut(line.at(), "a file system of type " + line.type()));
            } else if (isUnfit(line.at())) {
                leftOut.add(new LeftOut(line.at(), "a name that mount options cannot hold"));
            } else if (leftOut.stream().anyMatch(out -> within(line.at(), List.of(out.at())))) {
                leftOut.add(new LeftOut(line.at(), "below a file system that is left out"));
            } else {
                Kind kind = kind(line, directories.contains(line.at()), small);
                mounts.add(new Mount(line.at(), kind));
                if (kind == Kind.BIND && !line.readOnly() && NO_LOWER_LAYER.contains(line.type())) {
                    leftOut.add(
                            new LeftOut(
                                    line.at(),
                                    "read-only there, since it is too large to be copied and of"
                                            + " type "
                                            + line.type()));
                }
            }
        }
        return new MountPlan(mounts, leftOut);
    }

    /// Every mount point that mountinfo names.
    static List<String> mountPoints(String mountinfo) {
        return mountinfo.lines().map(line -> Line.parse(line).at()).distinct().toList();
    }

    List<String> layers() {
        return at(Kind.LAYER);
    }

    List<String> copies() {
        return at(Kind.COPY);
    }

    private List<String> at(Kind kind) {
        return mounts.stream().filter(m -> m.kind() == kind).map(Mount::at).toList();
    }

    private static Kind kind(Line line, boolean directory, Predicate<String> small) {
        if (line.at().equals("/")) {
            return Kind.LAYER;
        }
        if (!directory || line.readOnly() || READ_ONLY.contains(line.type())) {
            return Kind.BIND;
        }
        if (NO_LOWER_LAYER.contains(line.type())) {
            return small.test(line.at()) ? Kind.COPY : Kind.BIND;
        }
        return Kind.LAYER;
    }

    private static boolean isUnfit(String at) {
        return at.chars().anyMatch(c -> c == ',' || c == ':' || c == '\\' || c == '\n');
    }

    private static boolean within(String path, Collection<String> folders) {
        return folders.stream().anyMatch(f -> path.equals(f) || path.startsWith(f + "/"));
    }

    /// One line of mountinfo, as far as it matters here (see proc_pid_mountinfo(5)).
    private record Line(String at, String type, boolean readOnly) {
        static Line parse(String text) {
            String[] fields = text.split(" ");
            int separator = List.of(fields).indexOf("-");
            if (separator < 6 || fields.length < separator + 4) {
                throw new IllegalArgumentException("Not a line of mountinfo: '%s'".formatted(text));
            }
            boolean readOnly = List.of(fields[5].split(",")).contains("ro");
            return new Line(unescaped(fields[4]), fields[separator + 1], readOnly);
        }

        private static String unescaped(String field) {
            return field.replace("\\040", " ")
                    .replace("\\011", "\t")
                    .replace("\\012", "\n")
                    .replace("\\134", "\\");
        }
    }
}
