package dev.understudy.agent.system;

import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.ServiceState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Whether the services of an inventory still run as it says, as far as that can be seen without
/// asking systemd: it keeps a cgroup for each service while that has processes. So a service that
/// died between two inventories is noticed at the next check-in, by looking for a few folders.
///
/// What cannot be seen this way (no systemd, another layout) is noticed with the next inventory.
public final class LiveServices {
    private static final List<String> HIERARCHIES =
            List.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd");

    private final Place place;
    private final List<String> watched;

    private LiveServices(Place place, List<String> watched) {
        this.place = place;
        this.watched = watched;
    }

    /// Watches the services that run or have failed. Others start and end by themselves.
    public static LiveServices of(Place place, Inventory inventory) {
        return new LiveServices(
                place,
                inventory.services().stream()
                        .filter(service -> service.unit().endsWith(".service"))
                        .filter(service -> service.sub().equals("running") || service.failing())
                        .map(ServiceState::unit)
                        .sorted()
                        .toList());
    }

    /// Which of them have processes now; the same text means that none died or came back.
    public String running() {
        return slice().map(this::running).orElse("");
    }

    private String running(Path slice) {
        TreeSet<String> running = new TreeSet<>();
        for (String unit : watched) {
            if (Files.isDirectory(slice.resolve(unit))
                    || Files.isDirectory(instance(slice, unit))) {
                running.add(unit);
            }
        }
        return String.join(" ", running);
    }

    /// Instances of a template are in a slice of their own:
    /// `system-getty.slice/getty@tty1.service`.
    private static Path instance(Path slice, String unit) {
        int at = unit.indexOf('@');
        return at < 0
                ? slice.resolve(unit)
                : slice.resolve("system-" + unit.substring(0, at).replace("-", "\\x2d") + ".slice")
                        .resolve(unit);
    }

    private Optional<Path> slice() {
        return HIERARCHIES.stream()
                .map(root -> place.path(root + "/system.slice"))
                .filter(Files::isDirectory)
                .findFirst();
    }
}
