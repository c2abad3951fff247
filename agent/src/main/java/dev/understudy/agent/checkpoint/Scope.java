package dev.understudy.agent.checkpoint;

import dev.understudy.agent.packages.AptQuarantine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Which changed paths a checkpoint covers. Programs, configuration and the package database are in
/// scope. Data is not: rolling it back would lose what was written since. Caches, logs and run-time
/// state are not either: they are rebuilt, or must tell what happened.
///
/// What cannot be told by its place is told by its owner: below /var/lib and the like a path counts
/// as program state if a package ships it or it belongs to root, and as data if it belongs to a
/// service's own user.
public final class Scope {
    private static final List<String> VOLATILE =
            List.of(
                    "/proc",
                    "/sys",
                    "/dev",
                    "/run",
                    "/tmp",
                    "/var/tmp",
                    "/var/run",
                    "/var/lock",
                    "/var/log",
                    "/var/cache",
                    "/var/backups",
                    "/var/crash",
                    "/var/lib/apt/lists",
                    "/var/lib/apt/periodic",
                    "/var/lib/apt/listchanges",
                    "/var/lib/dpkg/lock",
                    "/var/lib/dpkg/lock-frontend",
                    "/var/lib/dpkg/triggers/Lock",
                    "/var/lib/systemd",
                    "/var/lib/logrotate",
                    "/var/lib/dhcp",
                    "/lost+found",
                    "/etc/.pwd.lock",
                    "/etc/mtab",
                    "/etc/understudy",
                    "/var/lib/understudy");

    /// Package state inside of places that are volatile otherwise.
    private static final List<String> KEPT =
            List.of(
                    "/var/cache/debconf",
                    "/var/lib/systemd/deb-systemd-helper-enabled",
                    "/var/lib/systemd/deb-systemd-helper-masked",
                    "/var/lib/systemd/deb-systemd-user-helper-enabled",
                    "/var/lib/systemd/catalog");

    /// Places of data, whoever owns the files; only what a package ships there is in scope.
    private static final List<String> DATA =
            List.of(
                    "/home",
                    "/root",
                    "/srv",
                    "/mnt",
                    "/media",
                    "/var/www",
                    "/var/mail",
                    "/var/spool",
                    "/var/opt",
                    "/var/lib/postgresql",
                    "/var/lib/mysql",
                    "/var/lib/redis",
                    "/var/lib/mongodb",
                    "/var/lib/docker",
                    "/var/lib/containerd",
                    "/var/lib/containers",
                    "/var/lib/kubelet",
                    "/var/lib/rancher",
                    "/var/lib/etcd",
                    "/var/lib/libvirt",
                    "/var/lib/lxc",
                    "/var/lib/lxd",
                    "/var/lib/machines",
                    "/var/lib/portables",
                    "/var/lib/private",
                    "/var/lib/flatpak",
                    "/var/lib/snapd",
                    "/var/lib/samba",
                    "/var/lib/nfs",
                    "/var/lib/ceph",
                    "/var/lib/ldap",
                    "/var/lib/NetworkManager");

    private static final Set<String> MIXED = Set.of("/var", "/opt");

    private final Set<String> packaged;
    private final Set<String> excluded;

    private Scope(Set<String> packaged, Collection<String> excluded) {
        this.packaged = packaged;
        this.excluded = new TreeSet<>(excluded);
    }

    /// The scope for the packages that are installed in `roots` (the host, and its patched twin);
    /// `excluded` are folders that are never in scope: the agent's own, and those of databases.
    public static Scope of(Collection<Path> roots, Collection<String> excluded) throws IOException {
        Set<String> packaged = new HashSet<>();
        for (Path root : roots) {
            addPackaged(root.resolve("var/lib/dpkg/info"), packaged);
        }
        return new Scope(packaged, excluded);
    }

    /// The scope with what the packages of one more root ship.
    public Scope and(Path root) throws IOException {
        Set<String> all = new HashSet<>(packaged);
        addPackaged(root.resolve("var/lib/dpkg/info"), all);
        return new Scope(all, excluded);
    }

    /// Whether the path, owned by user `uid`, is covered by a checkpoint.
    public boolean covers(String path, int uid) {
        if (within(path, excluded)) {
            return false;
        }
        if (within(path, KEPT)) {
            return true;
        }
        if (within(path, VOLATILE) || AptQuarantine.FILES.contains(path)) {
            return false;
        }
        if (within(path, DATA)) {
            return packaged.contains(path);
        }
        return uid == 0 || !within(path, MIXED) || packaged.contains(path);
    }

    private static boolean within(String path, Collection<String> folders) {
        for (String folder : folders) {
            if (path.startsWith(folder)
                    && (path.length() == folder.length() || path.charAt(folder.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    /// Only what is not below /usr, /etc or /lib can be told apart by this, so only that is kept.
    private static void addPackaged(Path info, Set<String> packaged) throws IOException {
        if (!Files.isDirectory(info)) {
            return;
        }
        try (DirectoryStream<Path> lists = Files.newDirectoryStream(info, "*.list")) {
            for (Path list : lists) {
                String all = new String(Files.readAllBytes(list), StandardCharsets.UTF_8);
                all.lines()
                        .filter(line -> !line.startsWith("/usr/") && !line.startsWith("/etc/"))
                        .filter(line -> within(line, DATA) || within(line, MIXED))
                        .forEach(packaged::add);
            }
        }
    }
}
