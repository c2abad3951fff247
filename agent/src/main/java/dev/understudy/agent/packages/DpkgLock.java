package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who else uses the package database of a place. Reads the kernel's table of locks; takes none.
final class DpkgLock {
    private static final Path LOCKS = Path.of("/proc/locks");
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
            for (String line : Files.readAllLines(LOCKS)) {
                String[] fields = line.strip().split("\\s+");
                boolean granted = fields.length > 5 && !fields[1].equals("->");
                if (granted && holdsOne(fields[4])) {
                    return Optional.of("%s (pid %s)".formatted(command(fields[4]), fields[4]));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("an unknown process (" + LOCKS + " cannot be read)");
        }
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
