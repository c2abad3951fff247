package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Ends twins and removes what they took: their units with all that runs and is mounted there,
/// their folders below `run`, and their layers below `disk`.
final class Removal {
    private static final Duration REMOVAL_LIMIT = Duration.ofSeconds(30);

    private final Place host;
    private final Path run;
    private final Path disk;

    Removal(Place host, Path run, Path disk) {
        this.host = host;
        this.run = run;
        this.disk = disk;
    }

    /// Removes every twin there is.
    void removeAll() throws IOException, InterruptedException {
        for (String name : Unit.all(host)) {
            new Unit(host, name).stop();
        }
        unmountBelow(run);
        unmountBelow(disk);
        deleteTree(run);
        deleteTree(disk);
    }

    /// Removes one twin and gives the lock back. Runs to its end also when the agent is told to
    /// stop meanwhile.
    void remove(Unit unit, Path folder, String id, FileChannel lock) throws TwinException {
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
