package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.twin.DatabaseCopy.NotCopied;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
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

    /// Of a file system that can have no layer and is copied instead, as /boot/efi is.
    private static final long LARGEST_COPY = 128L << 20;

    private static final Duration MOUNT_LIMIT = Duration.ofSeconds(30);

    private final Path dataFolder;
    private final Path disk;
    private final Path frozen;
    private final Place host;
    private final Removal removal;
    private @Nullable Found found;

    public Twins(Path dataFolder, Place host) {
        this.dataFolder = dataFolder.toAbsolutePath();
        this.disk = this.dataFolder.resolve("twins/layers");
        this.frozen = this.dataFolder.resolve("twins/frozen");
        this.host = host;
        this.removal = new Removal(host, RUN, disk);
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
            Room room = Room.find(host, disk, settings.space(), plan, databases);
            long start = System.nanoTime();
            new TwinFolder(host, folder, dataFolder).write(plan, settings, room);
            DiskLayers layers = new DiskLayers(host, disk.resolve(id).resolve("layers.ext4"));
            if (room.kind() == Room.Kind.DISK) {
                layers.make(room.bytes());
            }
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
            if (room.kind() == Room.Kind.DISK) {
                layers.mount(folder, awaitKeeper(folder.resolve("keeper"), unit));
            }
            long keeper = awaitKeeper(folder.resolve("mounted"), unit);
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
                            () -> removal.remove(unit, folder, id, lock));
            complete = true;
            return twin;
        } catch (IOException e) {
            throw new TwinException("The twin cannot be made: " + e, e);
        } finally {
            if (!complete) {
                removal.remove(unit, folder, id, lock);
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
                removal.removeAll();
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
        return MountPlan.of(mountinfo, directories, this::isSmall);
    }

    private boolean isSmall(String mountPoint) {
        try {
            FileStore store = Files.getFileStore(host.path(mountPoint));
            return store.getTotalSpace() - store.getUnallocatedSpace() <= LARGEST_COPY;
        } catch (IOException unknown) {
            return false;
        }
    }

    /// Waits until the twin's keeper has written its pid to the file.
    private static long awaitKeeper(Path file, Unit unit)
            throws IOException, TwinException, InterruptedException {
        long deadline = System.nanoTime() + MOUNT_LIMIT.toNanos();
        long checked = System.nanoTime();
        while (!Files.exists(file) || Files.size(file) == 0) {
            boolean checkNow = System.nanoTime() - checked > 500_000_000L;
            if (checkNow && unit.isGone() && !Files.exists(file)) {
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
        return Long.parseLong(Files.readString(file).strip());
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
}
