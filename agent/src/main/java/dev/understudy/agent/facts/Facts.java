package dev.understudy.agent.facts;

import dev.understudy.agent.effect.RebootNeed;
import dev.understudy.agent.effect.StaleProcesses;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.system.FileSystems;
import dev.understudy.agent.system.Kernels;
import dev.understudy.agent.system.Proc;
import dev.understudy.agent.system.Sockets;
import dev.understudy.agent.system.Units;
import dev.understudy.agent.system.Virtualization;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that can be known of a host, by reading only. Works without systemd, without root and
/// in containers, and then says what it could not see.
public final class Facts {
    private final Place place;
    private final PackageManager packages;
    private final Changes changes;

    /// Adds to pending upgrades what their changelogs say.
    @FunctionalInterface
    public interface Changes {
        List<PendingUpgrade> read(List<PendingUpgrade> pending) throws InterruptedException;
    }

    /// An inventory and, in sentences, what is missing from it.
    public record Collected(Inventory inventory, List<String> missing) {
        public Collected {
            missing = List.copyOf(missing);
        }
    }

    public Facts(Place place, PackageManager packages, Changes changes) {
        this.place = place;
        this.packages = packages;
        this.changes = changes;
    }

    /// @throws PackageManagerException if not even the installed packages can be told: then there
    ///   is no inventory
    public Collected collect(Capabilities capabilities)
            throws PackageManagerException, InterruptedException {
        List<String> missing = new ArrayList<>();
        Virtualization virtualization = Virtualization.detect(place);
        Kernel kernel = Kernels.of(place, virtualization.container());
        Proc proc = new Proc(place);
        List<InstalledPackage> installed = packages.installed();
        List<PendingUpgrade> pending = List.of();
        Instant metadataAsOf = null;
        try {
            metadataAsOf = packages.metadataAsOf().orElse(null);
            if (metadataAsOf == null) {
                missing.add("There are no whole package lists, so nothing is known to be pending.");
            } else {
                pending = changes.read(packages.pending());
            }
        } catch (PackageManagerException e) {
            // Without a date the control plane knows that an empty list is not good news.
            metadataAsOf = null;
            missing.add("What is pending could not be told: " + e.getMessage());
        }
        StaleProcesses staleProcesses = new StaleProcesses(place);
        List<StaleProcess> stale = staleProcesses.find();
        missing.addAll(staleProcesses.limits());
        Inventory inventory =
                new Inventory(
                        platform(virtualization, missing),
                        kernel,
                        installed,
                        pending,
                        services(missing),
                        Sockets.listening(proc, missing),
                        FileSystems.disks(proc),
                        stale,
                        new RebootNeed(place).reasons(kernel, stale),
                        capabilities,
                        metadataAsOf,
                        new ConfigurationDigest(place).of(missing).orElse(null));
        return new Collected(inventory, missing);
    }

    /// Identifies the current boot; empty where the kernel does not say.
    public String bootId() {
        return new Proc(place).read("sys/kernel/random/boot_id").map(String::strip).orElse("");
    }

    private Platform platform(Virtualization virtualization, List<String> missing)
            throws InterruptedException {
        String architecture = architecture();
        try {
            Map<String, String> release = OsRelease.parse(osRelease());
            return new Platform(
                    release.getOrDefault("ID", "linux"),
                    release.getOrDefault("VERSION_ID", ""),
                    release.getOrDefault("VERSION_CODENAME", ""),
                    release.getOrDefault("PRETTY_NAME", ""),
                    architecture,
                    virtualization.name());
        } catch (IOException | IllegalArgumentException e) {
            missing.add(
                    "The distribution is not known, os-release cannot be used: " + e.getMessage());
            return new Platform("linux", "", "", "", architecture, virtualization.name());
        }
    }

    private String osRelease() throws IOException {
        for (String file : List.of("/etc/os-release", "/usr/lib/os-release")) {
            Path path = place.path(file);
            if (Files.exists(path)) {
                return Files.readString(path);
            }
        }
        return "";
    }

    private String architecture() throws InterruptedException {
        Output dpkg = place.run(Command.of("dpkg", "--print-architecture"));
        String name = dpkg.stdout().strip();
        if (dpkg.whole() && name.matches("[a-z0-9-]{1,32}")) {
            return name;
        }
        return switch (System.getProperty("os.arch", "unknown")) {
            case "amd64" -> "x86_64";
            case String other -> other;
        };
    }

    private List<ServiceState> services(List<String> missing) throws InterruptedException {
        @Nullable List<Units.Unit> units = Units.list(place).orElse(null);
        if (units == null) {
            missing.add(
                    (Units.available(place)
                                    ? "systemd does not answer"
                                    : "systemd does not run here")
                            + ", so the state of services is not known.");
            return List.of();
        }
        return units.stream()
                .filter(unit -> !unit.passing())
                .filter(Facts::matters)
                .map(Facts::state)
                .sorted((a, b) -> a.unit().compareTo(b.unit()))
                .toList();
    }

    /// What neither runs nor was meant to run is not worth telling.
    private static boolean matters(Units.Unit unit) {
        return !unit.active().equals("inactive") || unit.enablement().startsWith("enabled");
    }

    /// A oneshot service that happens to run right now counts as at rest, so that the inventory of
    /// an idle host does not change with every timer.
    private static ServiceState state(Units.Unit unit) {
        boolean passing = unit.oneshot() && unit.active().endsWith("activating");
        return new ServiceState(
                unit.name(),
                unit.enablement(),
                passing ? "inactive" : unit.active(),
                passing ? "dead" : unit.sub());
    }
}
