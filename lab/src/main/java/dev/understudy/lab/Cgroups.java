package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Control groups of a lab, in each hierarchy that systemd uses. Whatever runs in a host stays
/// inside its group, so the group is the one complete list of its processes.
record Cgroups(String lab) {
    private static final String ALL_LABS = "understudy-lab";

    /// Makes the group.
    ///
    /// @param name one group below the lab's
    /// @return its folder in each hierarchy
    List<Path> create(String name) {
        var folders = folders(name);
        if (folders.isEmpty()) {
            throw new LabException(
                    "This machine has no control groups that systemd can use:"
                            + " mount cgroup2 on /sys/fs/cgroup.");
        }
        try {
            for (Path folder : folders) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make control groups " + folders, e);
        }
        return folders;
    }

    /// The processes in a group and all groups below it.
    Set<Long> processes(String name) {
        var pids = new TreeSet<Long>();
        for (Path folder : folders(name)) {
            for (Path group : groups(folder)) {
                pids.addAll(pids(group.resolve("cgroup.procs")));
            }
        }
        return pids;
    }

    /// Stops all processes in a group where they are. They can still be killed.
    void freeze(String name) {
        for (Path folder : folders(name)) {
            Path freeze = folder.resolve("cgroup.freeze");
            if (Files.exists(freeze)) {
                try {
                    Files.writeString(freeze, "1");
                    if (Waiting.until(Duration.ofSeconds(10), () -> isFrozen(folder))) {
                        return;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("Cannot freeze " + folder, e);
                }
            }
        }
        throw new LabException("The processes of %s/%s cannot be frozen".formatted(lab, name));
    }

    private static boolean isFrozen(Path folder) {
        try {
            return Files.readAllLines(folder.resolve("cgroup.events")).contains("frozen 1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kills all processes in a group and waits until they are gone.
    void kill(String name) {
        boolean empty =
                Waiting.until(
                        Duration.ofSeconds(20),
                        () -> {
                            var left = processes(name);
                            left.forEach(pid -> ProcessId.of(pid).ifPresent(p -> p.signal(9)));
                            return left.isEmpty();
                        });
        if (!empty) {
            throw new LabException(
                    "Processes of %s/%s outlive SIGKILL: %s".formatted(lab, name, processes(name)));
        }
    }

    /// Removes an empty group and all groups below it.
    void remove(String name) {
        for (Path folder : folders(name)) {
            boolean gone = Waiting.until(Duration.ofSeconds(5), () -> removed(folder));
            if (!gone) {
                throw new LabException("The control group " + folder + " is still in use");
            }
        }
    }

    /// Removes the lab's own group, and the one of all labs when this was the last.
    void removeAll() {
        remove("");
        for (Path folder : folders("")) {
            Path all = folder.getParent();
            if (all != null && all.endsWith(ALL_LABS)) {
                all.toFile().delete(); // Fails while another lab has a group in it: as it should.
            }
        }
    }

    private static boolean removed(Path folder) {
        for (Path group : groups(folder)) {
            try {
                Files.deleteIfExists(group);
            } catch (IOException _) {
                return false; // Busy: the last process has just left, or not yet. Ask again.
            }
        }
        return true;
    }

    private List<Path> folders(String name) {
        return hierarchies().stream()
                .map(root -> root.resolve(ALL_LABS).resolve(lab).resolve(name))
                .toList();
    }

    /// cgroup2 wherever it is mounted, and systemd's own named v1 hierarchy on hybrid machines.
    private static List<Path> hierarchies() {
        return Mounts.all().stream()
                .filter(
                        mount ->
                                mount.type().equals("cgroup2")
                                        || (mount.type().equals("cgroup")
                                                && mount.options().contains("name=systemd")))
                .map(Mounts.Mount::point)
                .filter(point -> point.startsWith("/sys/fs/cgroup"))
                .toList();
    }

    /// The group and those below it, deepest first.
    private static List<Path> groups(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of(folder); // A group below went away meanwhile; callers ask again.
        }
    }

    private static List<Long> pids(Path file) {
        var pids = new ArrayList<Long>();
        try {
            for (String line : Files.readAllLines(file)) {
                pids.add(Long.parseLong(line.strip()));
            }
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException _) {
            return List.of(); // The group was removed between opening and reading (ENODEV).
        }
        return pids.stream().filter(pid -> ProcessId.of(pid).isPresent()).toList();
    }
}
