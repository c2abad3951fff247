package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who else uses the package database of a place. Reads the kernel's table of locks; takes none.
final class DpkgLock {
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final Pattern LOCK =
            Pattern.compile(
                    "[0-9]{1,19}: +(-> +)?[A-Z]+ +[A-Z*]+ +[A-Z]+ +(-1|[0-9]{1,10})"
                            + " +[0-9a-f<>none:]+ +[0-9]{1,20} +(?:EOF|[0-9]{1,20})");

    private static final long LOOK_AGAIN_MILLIS = 250;

    private final List<Path> locks;

    private DpkgLock(List<Path> locks) {
        this.locks = locks;
    }

    /// The locks of dpkg and of what runs it (apt, aptitude, packagekit, unattended-upgrades).
    static DpkgLock ofDatabase(Place place) {
        return new DpkgLock(
                List.of(
                        place.path("/var/lib/dpkg/lock-frontend"),
                        place.path("/var/lib/dpkg/lock")));
    }

    /// The locks taken for fetching package lists into `lists` and archives into `archives`.
    static DpkgLock ofDownloads(Path lists, Path archives) {
        return new DpkgLock(List.of(lists.resolve("lock"), archives.resolve("lock")));
    }

    /// The process that holds one of the locks, such as `unattended-upgr (pid 812)`.
    Optional<String> holder() {
        try {
            for (String pid : holders(Files.readString(LOCKS))) {
                if (holdsOne(pid)) {
                    return Optional.of("%s (pid %s)".formatted(command(pid), pid));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("an unknown process (%s: %s)".formatted(LOCKS, e.getMessage()));
        }
    }

    /// The processes that have a lock, as they are called here, from lines such as `12: POSIX
    /// ADVISORY WRITE 812 fe:00:4711 0 EOF`; those that wait for one have an arrow.
    static List<String> holders(String locks) throws IOException {
        if (!locks.isEmpty() && !locks.endsWith("\n")) {
            throw new IOException("the table of locks is cut off");
        }
        List<String> holders = new ArrayList<>();
        for (String line : locks.isEmpty() ? new String[0] : locks.split("\n")) {
            Matcher lock = LOCK.matcher(line);
            if (!lock.matches()) {
                throw new IOException("'%s' is no lock".formatted(line));
            }
            // Locks of open files belong to no process, and some processes are not seen from here.
            if (lock.group(1) == null && !lock.group(2).matches("-1|0")) {
                holders.add(lock.group(2));
            }
        }
        return holders;
    }

    /// Waits until nobody holds them.
    ///
    /// @throws PackageManagerException naming the holder when `limit` is over
    void await(Duration limit) throws PackageManagerException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (Optional<String> holder = holder(); holder.isPresent(); holder = holder()) {
            if (System.nanoTime() > deadline) {
                throw new PackageManagerException(
                        "%s has held the package manager's lock for %d s; gave up waiting"
                                .formatted(holder.get(), limit.toSeconds()));
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private boolean holdsOne(String pid) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", pid, "fd"))) {
            for (Path descriptor : open) {
                for (Path lock : locks) {
                    if (Files.exists(descriptor)
                            && Files.exists(lock)
                            && Files.isSameFile(descriptor, lock)) {
                        return true;
                    }
                }
            }
        } catch (IOException _) {
            // It has ended, or it is another user's and we are not root: apt itself will wait.
            return false;
        }
        return false;
    }

    private static String command(String pid) {
        try {
            return Files.readString(Path.of("/proc", pid, "comm")).strip();
        } catch (IOException _) {
            return "a process that has just ended";
        }
    }
}
