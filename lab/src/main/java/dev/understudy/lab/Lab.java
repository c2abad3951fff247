package dev.understudy.lab;

import dev.understudy.lab.drills.Drill;
import dev.understudy.lab.drills.DrillArchive;
import dev.understudy.lab.gateway.Fault;
import dev.understudy.lab.gateway.Gateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/// A lab and all that can be done with it. Every change holds the lab's lock, starts from what is
/// really there, and can be repeated after it was interrupted at any point.
final class Lab {
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
    private static final int BOOTS_AT_ONCE = 8;

    private final LabSettings settings;
    private final Hosts hosts;
    private final Machine machine;
    private final Network network;
    private final Cgroups cgroups;
    private final GatewayProcess gateway;

    Lab(LabSettings settings) {
        this.settings = settings;
        this.hosts = new Hosts(settings.hosts());
        this.machine = new Machine(settings);
        this.network = new Network(settings.name(), settings.subnet());
        this.cgroups = new Cgroups(settings.name());
        this.gateway = new GatewayProcess(settings);
    }

    Hosts hosts() {
        return hosts;
    }

    String address(LabHost host) {
        return settings.subnet().address(host.number());
    }

    Machine machine() {
        return machine;
    }

    /// Makes the wanted hosts where they are missing and boots those that are not running.
    void up(List<Hosts.Wanted> wanted, String suite, String diskSize) {
        try (var _ = lock()) {
            Tools.ensure();
            Kernel.raiseLimits();
            settings.save();
            boot(layers -> wanted.stream().map(one -> make(one, suite, diskSize, layers)).toList());
        }
    }

    /// Boots hosts that exist.
    void start(List<String> names) {
        try (var _ = lock()) {
            Kernel.raiseLimits();
            boot(_ -> names.stream().map(hosts::get).toList());
        }
    }

    void stop(List<String> names) {
        try (var _ = lock()) {
            atOnce(names.stream().map(hosts::get).toList(), machine::stop);
        }
    }

    void kill(List<String> names) {
        try (var _ = lock()) {
            names.stream().map(hosts::get).forEach(machine::kill);
        }
    }

    void losePower(List<String> names) {
        try (var _ = lock()) {
            names.stream().map(hosts::get).forEach(machine::losePower);
        }
    }

    /// Stops everything and leaves nothing but the hosts' disks.
    ///
    /// @param purge whether the disks and all else in the data folder go too
    void down(boolean purge) {
        try (var _ = lock()) {
            atOnce(hosts.all(), machine::stop);
            gateway.stop();
            cgroups.kill("");
            Mounts.unmountBelow(settings.data());
            network.removeAll();
            cgroups.removeAll();
        }
        if (purge) {
            Layers.delete(settings.data());
        }
    }

    /// @param where `net` for packages or `control` for the control plane
    void fault(String where, Fault fault, String text) {
        if (!List.of("net", "control").contains(where)) {
            throw new LabException("Faults are in 'net' or in 'control', not in '" + where + "'");
        }
        Path file = settings.data().resolve("faults").resolve(where);
        try {
            if (fault instanceof Fault.Off) {
                Files.deleteIfExists(file);
            } else {
                StateFile.writeText(file, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Installs the agent on every running host and enrols it, where that is not done.
    void enrol(Path agent, Path tokens) {
        try (var _ = lock()) {
            new EnrolHosts(settings, machine).on(running(), agent, EnrolHosts.tokens(tokens));
        }
    }

    DrillArchive drills() {
        return new DrillArchive(settings.data().resolve("drills"));
    }

    /// Changes the drill archive.
    void changeDrills(Consumer<DrillArchive> change) {
        try (var _ = lock()) {
            change.accept(drills());
        }
    }

    /// Installs the working version of drills.
    ///
    /// @param names the hosts; none means all that run
    void installDrills(List<Drill> drills, List<String> names) {
        try (var _ = lock()) {
            drills().build();
            var where = names.isEmpty() ? running() : names.stream().map(hosts::get).toList();
            var install = new InstallDrills(machine, drills());
            atOnce(where, host -> install.on(host, drills));
        }
    }

    private List<LabHost> running() {
        return hosts.all().stream()
                .filter(host -> machine.state(host) != Machine.State.STOPPED)
                .toList();
    }

    boolean gatewayRuns() {
        return gateway.running().isPresent();
    }

    private FileLock lock() {
        // Not in the data folder, which a purge deletes.
        Path locks = Path.of("/run/understudy-lab");
        return FileLock.take(locks.resolve(settings.name() + ".lock"), "lab " + settings.name());
    }

    private LabHost make(Hosts.Wanted wanted, String suite, String diskSize, Layers layers) {
        var known = hosts.find(wanted.name());
        if (known.isPresent()) {
            if (!known.get().suite().equals(suite)) {
                throw new LabException(
                        "%s exists with %s. Give the new hosts another --prefix."
                                .formatted(wanted.name(), known.get().suite()));
            }
            return known.get();
        }
        var identities = Machine.identities(layers.of(suite, wanted.role()));
        var host =
                new LabHost(
                        wanted.name(),
                        suite,
                        wanted.role().name(),
                        hosts.freeNumber(),
                        identities,
                        diskSize);
        hosts.save(host);
        return host;
    }

    /// A host whose layers are there.
    private record Bootable(LabHost host, List<Layers.Layer> layers) {
        static Bootable of(LabHost host, Layers layers) {
            return new Bootable(host, layers.of(host.suite(), Role.of(host.role())));
        }
    }

    /// Other labs may use the layers meanwhile: a layer that is there never changes.
    private void boot(Function<Layers, List<LabHost>> which) {
        var all =
                withLayers(
                        layers ->
                                which.apply(layers).stream()
                                        .map(host -> Bootable.of(host, layers))
                                        .toList());
        network.create();
        gateway.ensure();
        atOnce(
                all,
                bootable -> {
                    var host = bootable.host();
                    if (machine.state(host) == Machine.State.STOPPED) {
                        machine.start(host, bootable.layers());
                    }
                    var state = machine.awaitBoot(host, BOOT_LIMIT);
                    if (state == Machine.State.DEGRADED) {
                        System.err.println(host.name() + " has booted with failed units");
                    }
                });
    }

    /// Gives access to the layers, which several labs may build and use at the same time.
    private <T> T withLayers(Function<Layers, T> work) {
        var mirrors = List.of(settings.mirror().archive(), settings.mirror().security());
        Path packages = GatewayProcess.packages(settings.cache());
        try (var _ = FileLock.take(settings.cache().resolve("lock"), "layers");
                var proxy = Gateway.onLoopback(packages, mirrors)) {
            var layers =
                    new Layers(
                            settings.cache(),
                            settings.mirror(),
                            "http://127.0.0.1:" + proxy.proxyPort());
            layers.sweep();
            return work.apply(layers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Does one thing on many hosts; all are tried before the first failure is told.
    private static <T> void atOnce(List<T> all, Consumer<T> step) {
        try (var workers = Executors.newFixedThreadPool(BOOTS_AT_ONCE)) {
            var running = new ArrayList<Future<?>>();
            for (T one : all) {
                Callable<Void> task =
                        () -> {
                            step.accept(one);
                            return null;
                        };
                running.add(workers.submit(task));
            }
            var failures = new ArrayList<String>();
            for (Future<?> done : running) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    failures.add(String.valueOf(e.getCause()));
                }
            }
            if (!failures.isEmpty()) {
                throw new LabException(String.join("\n", failures));
            }
        } catch (InterruptedException e) {
            throw Programs.interrupted(e);
        }
    }
}
