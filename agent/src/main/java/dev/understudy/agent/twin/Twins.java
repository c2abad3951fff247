package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.twin.DatabaseCopy.NotCopied;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes twins of this host, one at a time. All that a twin has is in its transient unit
/// (processes, mounts, network) and in one folder below /run; a twin too large for memory has its
/// layers in the agent's data folder.
public final class Twins {
    private static final Path RUN = Path.of("/run/understudy-twins");
    private static final List<String> TOOLS =
            List.of("systemd-run", "systemctl", "unshare", "nsenter", "mount", "ip", "setpriv");

    /// Left to the host, and the least that a twin's services get besides the files in memory.
    private static final long MEMORY_MARGIN = 256L << 20;

    private static final long DISK_MARGIN = 512L << 20;
    private static final long SMALLEST = 256L << 20;
    private static final Duration MOUNT_LIMIT = Duration.ofSeconds(30);
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(30);

    /// Settings of the host's network that decide whether a service can bind its address.
    private static final List<String> NETWORK_SETTINGS =
            List.of(
                    "ipv4/ip_nonlocal_bind",
                    "ipv4/ip_unprivileged_port_start",
                    "ipv4/ip_local_port_range",
                    "ipv6/bindv6only",
                    "ipv6/ip_nonlocal_bind",
                    "core/somaxconn");

    private final Path dataFolder;
    private final Path disk;
    private final Path frozen;
    private final Place host;
    private @Nullable Found found;

    public Twins(Path dataFolder, Place host) {
        this.dataFolder = dataFolder.toAbsolutePath();
        this.disk = this.dataFolder.resolve("twins/layers");
        this.frozen = this.dataFolder.resolve("twins/frozen");
        this.host = host;
    }

    /// Why no twin can be made on this host; empty if one can. Found out once, by trying.
    public synchronized Optional<String> unavailable() throws InterruptedException {
        Found known = found;
        if (known == null) {
            known = new Found(findObstacle());
            found = known;
        }
        return known.obstacle();
    }

    /// The answer, once it is known.
    private record Found(Optional<String> obstacle) {}

    /// Mounts a new twin; it is booted separately. Databases are copied meanwhile.
    public Twin create(TwinSettings settings) throws TwinException, InterruptedException {
        Optional<String> obstacle = unavailable();
        if (obstacle.isPresent()) {
            throw new TwinException("No twin can be made here: " + obstacle.get());
        }
        FileChannel lock = lock();
        byte[] random = new byte[4];
        ThreadLocalRandom.current().nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        Unit unit = new Unit(host, Unit.PREFIX + id);
        Path folder = RUN.resolve(id);
        boolean complete = false;
        try {
            List<Database> databases = Database.running(host);
            MountPlan plan = plan();
            Room room = room(settings.space(), plan, databases);
            long start = System.nanoTime();
            write(folder, plan, settings, room, id);
            unit.start(
                    List.of(
                            "unshare",
                            "--mount",
                            "--propagation",
                            "slave",
                            "/bin/sh",
                            folder.resolve("twin.sh").toString(),
                            "keep",
                            folder.toString()),
                    room.memory(),
                    settings.lifetime());
            long keeper = awaitMounts(folder, unit);
            Duration creation = Duration.ofNanos(System.nanoTime() - start);
            hideSockets(folder, keeper);
            List<String> masked = new ArrayList<>(MaskedUnits.always());
            List<DatabaseCopy> copies = copy(databases, folder, keeper, settings);
            for (DatabaseCopy copy : copies) {
                if (copy instanceof NotCopied not) {
                    masked.add(not.unit());
                }
            }
            Files.write(folder.resolve("masks"), masked);
            Twin twin =
                    new Twin(
                            host,
                            unit,
                            folder,
                            plan,
                            keeper,
                            masked,
                            copies,
                            databases.stream()
                                    .flatMap(database -> database.folders().stream())
                                    .map(Path::toString)
                                    .toList(),
                            creation,
                            () -> remove(unit, folder, id, lock));
            complete = true;
            return twin;
        } catch (IOException e) {
            throw new TwinException("The twin cannot be made: " + e, e);
        } finally {
            if (!complete) {
                remove(unit, folder, id, lock);
            }
        }
    }

    /// Removes what an agent that was killed left behind: frozen databases first, then twins. Does
    /// nothing to the twin of another agent that is alive.
    public void sweep() throws TwinException, InterruptedException {
        try {
            if (!Files.isDirectory(dataFolder.resolve("twins")) && !Files.isDirectory(RUN)) {
                return;
            }
            try (FileChannel _ = lock()) {
                Freezer.thawAll(frozen);
                for (String name : Unit.all(host)) {
                    new Unit(host, name).stop();
                }
                unmountBelow(RUN);
                unmountBelow(disk);
                deleteTree(RUN);
                deleteTree(disk);
            }
        } catch (IOException e) {
            throw new TwinException("Old twins cannot be removed: " + e, e);
        }
    }

    private Optional<String> findObstacle() throws InterruptedException {
        if (!"Linux".equals(System.getProperty("os.name"))) {
            return Optional.of("this is not Linux");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("the agent does not run as root");
        }
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            return Optional.of("systemd is not the init process of this host");
        }
        for (String tool : TOOLS) {
            if (!host.run(Command.of(tool, "--version")).succeeded()
                    && !host.run(Command.of(tool, "-V")).succeeded()) {
                return Optional.of("the program %s is missing".formatted(tool));
            }
        }
        return tryOverlay();
    }

    /// Mounts an overlay of the root file system in a throw-away mount name space.
    private Optional<String> tryOverlay() throws InterruptedException {
        try {
            Files.createDirectories(RUN);
        } catch (IOException e) {
            return Optional.of(RUN + " cannot be made: " + e);
        }
        Output output =
                host.run(
                        Command.of(
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "/bin/sh",
                                "-c",
                                """
                                set -e
                                mount -t tmpfs understudy-twin "$1"
                                mkdir "$1/upper" "$1/work" "$1/merged"
                                mount -t overlay understudy-twin "$1/merged" \
                                    -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work"
                                """,
                                "try",
                                RUN.toString()));
        return output.succeeded()
                ? Optional.empty()
                : Optional.of("overlayfs cannot be mounted over /: " + output.tail());
    }

    private MountPlan plan() throws IOException {
        String mountinfo = Files.readString(host.path("/proc/1/mountinfo"));
        List<String> directories =
                MountPlan.mountPoints(mountinfo).stream()
                        .filter(at -> Files.isDirectory(host.path(at)))
                        .toList();
        return MountPlan.of(mountinfo, directories);
    }

    /// Where a twin's layers are and how much memory it may use.
    ///
    /// @param inMemory bytes of the layers in memory; 0 if they are on disk
    /// @param memory bytes that the whole unit may use
    private record Room(long inMemory, long memory) {}

    /// Memory is used if half of what is available is enough for the layers, otherwise the disk.
    /// They never get more than the host has free and is expected to need, so that what would fill
    /// the host's disk fills the twin's.
    private Room room(long space, MountPlan plan, List<Database> databases)
            throws IOException, TwinException {
        long needed = SMALLEST + space;
        for (Database database : databases) {
            needed += database.bytes() + (32L << 20);
        }
        long available = availableMemory();
        if (needed <= available / 2) {
            long most = Math.max(needed, available / 2);
            return new Room(Math.min(most, free(plan) + needed), available * 3 / 4);
        }
        if (available < 2 * MEMORY_MARGIN) {
            throw new TwinException(
                    "The twin's services need at least %d MiB of memory and %d MiB are available"
                            .formatted((2 * MEMORY_MARGIN) >> 20, available >> 20));
        }
        Files.createDirectories(disk);
        long free = Files.getFileStore(disk).getUsableSpace();
        if (free < needed + DISK_MARGIN) {
            throw new TwinException(
                    "The twin needs %d MiB; %d MiB of memory are available, and %d MiB in %s"
                            .formatted(needed >> 20, available >> 20, free >> 20, disk));
        }
        return new Room(0, available * 3 / 4);
    }

    /// Bytes free in the roomiest of the file systems that the layers stand for.
    private long free(MountPlan plan) throws IOException {
        long most = 0;
        for (String at : plan.layers()) {
            most = Math.max(most, Files.getFileStore(host.path(at)).getUsableSpace());
        }
        return most;
    }

    private long availableMemory() throws IOException {
        for (String line : Files.readAllLines(host.path("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("/proc/meminfo does not say how much memory is available");
    }

    private void write(Path folder, MountPlan plan, TwinSettings settings, Room room, String id)
            throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        Files.createDirectories(folder.resolve("layers"));
        String upper = "memory " + room.inMemory();
        if (room.inMemory() == 0) {
            Path layers = disk.resolve(id);
            Files.createDirectories(
                    layers,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x--x")));
            upper = "disk " + layers;
        }
        Files.writeString(folder.resolve("upper"), upper + "\n");
        List<String> mounts = new ArrayList<>();
        for (MountPlan.Mount mount : plan.mounts()) {
            mounts.add(
                    switch (mount.kind()) {
                        case LAYER -> "layer %s %s".formatted(owner(mount.at()), mount.at());
                        case BIND -> "bind usual " + mount.at();
                    });
        }
        Files.write(folder.resolve("mounts"), mounts);
        Files.write(folder.resolve("addresses"), addresses());
        Files.write(folder.resolve("settings"), networkSettings());
        Files.write(folder.resolve("masks"), MaskedUnits.always());
        Files.write(folder.resolve("hidden"), List.of(dataFolder.toString()));
        Files.write(
                folder.resolve("shared"),
                settings.shared().stream()
                        .filter(Files::isDirectory)
                        .map(share -> share.toAbsolutePath().toString())
                        .toList());
        for (String script : List.of("twin.sh", "copy.sh")) {
            try (InputStream resource = Twins.class.getResourceAsStream(script)) {
                if (resource == null) {
                    throw new IOException(script + " is not in the agent's image");
                }
                Files.copy(resource, folder.resolve(script));
            }
        }
    }

    /// Mode and owner of a file system's root, which its layer must have too: `MODE,UID:GID`, or
    /// `usual` for what a new folder has anyway.
    private String owner(String mountPoint) throws IOException {
        Path place = host.path(mountPoint);
        int mode = (Integer) Files.getAttribute(place, "unix:mode") & 07777;
        Object uid = Files.getAttribute(place, "unix:uid");
        Object gid = Files.getAttribute(place, "unix:gid");
        String text = "%o,%s:%s".formatted(mode, uid, gid);
        return text.equals("755,0:0") ? "usual" : text;
    }

    /// The host's addresses without their networks: in the twin nothing else is reachable.
    private static List<String> addresses() throws IOException {
        List<String> addresses = new ArrayList<>();
        for (NetworkInterface device : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (device.isLoopback()) {
                continue;
            }
            for (InetAddress address : Collections.list(device.getInetAddresses())) {
                if (!address.isLinkLocalAddress()) {
                    String text = address.getHostAddress().replaceAll("%.*", "");
                    addresses.add(text + (text.contains(":") ? "/128" : "/32"));
                }
            }
        }
        return addresses;
    }

    private List<String> networkSettings() throws IOException {
        List<String> settings = new ArrayList<>();
        for (String name : NETWORK_SETTINGS) {
            Path file = host.path("/proc/sys/net/" + name);
            if (Files.isReadable(file)) {
                settings.add(name + " " + Files.readString(file).strip());
            }
        }
        return settings;
    }

    private static long awaitMounts(Path folder, Unit unit)
            throws IOException, TwinException, InterruptedException {
        long deadline = System.nanoTime() + MOUNT_LIMIT.toNanos();
        long checked = System.nanoTime();
        Path mounted = folder.resolve("mounted");
        while (!Files.exists(mounted) || Files.size(mounted) == 0) {
            boolean checkNow = System.nanoTime() - checked > 500_000_000L;
            if (checkNow && unit.isGone() && !Files.exists(mounted)) {
                throw new TwinException("The twin cannot be mounted: " + unit.said());
            }
            if (checkNow) {
                checked = System.nanoTime();
            }
            if (System.nanoTime() > deadline) {
                throw new TwinException("The twin was not mounted in time: " + unit.said());
            }
            Thread.sleep(1);
        }
        return Long.parseLong(Files.readString(mounted).strip());
    }

    /// A socket on disk leads to the process that listens on it, through an overlay too: the twin
    /// must not reach the host's services by it.
    private void hideSockets(Path folder, long keeper) throws IOException {
        Path merged = Path.of("/proc/%d/root%s".formatted(keeper, folder.resolve("layers/merged")));
        for (String line : Files.readAllLines(host.path("/proc/net/unix"))) {
            int name = line.indexOf(" /");
            if (name < 0) {
                continue;
            }
            Path socket = Path.of(line.substring(name + 1));
            if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS) || socket.getParent() == null) {
                continue;
            }
            Path real = socket.getParent().toRealPath().resolve(socket.getFileName());
            boolean fresh =
                    Stream.of("/run", "/tmp", "/dev", "/proc", "/sys").anyMatch(real::startsWith);
            if (!fresh) {
                Files.deleteIfExists(Path.of(merged + real.toString()));
            }
        }
    }

    private List<DatabaseCopy> copy(
            List<Database> databases, Path folder, long keeper, TwinSettings settings)
            throws InterruptedException {
        CopyDatabase copy = new CopyDatabase(host, folder, frozen, keeper, settings.longestPause());
        List<DatabaseCopy> copies = new ArrayList<>();
        for (Database database : databases) {
            copies.add(copy.copy(database));
        }
        return copies;
    }

    private FileChannel lock() throws TwinException {
        try {
            Files.createDirectories(dataFolder.resolve("twins"));
            FileChannel channel =
                    FileChannel.open(
                            dataFolder.resolve("twins/lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new TwinException("Another twin of this host is in use");
            }
            return channel;
        } catch (IOException e) {
            throw new TwinException("The lock of the twins cannot be taken: " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    /// Runs to its end also when the agent is told to stop meanwhile.
    private void remove(Unit unit, Path folder, String id, FileChannel lock) throws TwinException {
        boolean interrupted = Thread.interrupted();
        try (lock) {
            while (true) {
                try {
                    unit.stop();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            unmountBelow(folder);
            unmountBelow(disk.resolve(id));
            deleteTree(folder);
            deleteTree(disk.resolve(id));
            requireGone(unit, folder, id);
        } catch (IOException e) {
            throw new TwinException("The twin cannot be removed: " + e, e);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireGone(Unit unit, Path folder, String id)
            throws TwinException, InterruptedException {
        long deadline = System.nanoTime() + REMOVAL_LIMIT.toNanos();
        while (!unit.isGone()) {
            if (System.nanoTime() > deadline) {
                throw new TwinException(
                        "The unit %s is still there after it was stopped".formatted(unit.name()));
            }
            Thread.sleep(20);
        }
        if (Files.exists(folder) || Files.exists(disk.resolve(id))) {
            throw new TwinException("The twin's folder %s is still there".formatted(folder));
        }
    }

    /// The twin mounts nothing on the host; this is for what a person or an older version left.
    private void unmountBelow(Path place) throws IOException, InterruptedException {
        String mountinfo = Files.readString(host.path("/proc/self/mountinfo"));
        for (String at : MountPlan.mountPoints(mountinfo).reversed()) {
            if (Path.of(at).startsWith(place)) {
                host.run(Command.of("umount", "--lazy", at));
            }
        }
    }

    private static void deleteTree(Path place) throws IOException {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(place)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
