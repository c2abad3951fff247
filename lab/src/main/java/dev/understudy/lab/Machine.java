package dev.understudy.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// Runs hosts: each is a systemd-nspawn container with its own control group and network, and a
/// small supervisor that boots it again when it reboots.
final class Machine {
    private static final int POWER_OFF = 38; // SIGRTMIN+4: systemd powers off in good order
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(20);
    private static final String SUPERVISORS = "supervisors";
    private static final String SCRIPT = script();

    private final LabSettings lab;
    private final Network network;
    private final Cgroups cgroups;

    /// How a host is, in systemd's words where it runs.
    enum State {
        STOPPED,
        STARTING,
        RUNNING,
        DEGRADED
    }

    /// While a host goes down or comes up, systemd may take the question and never answer it: that
    /// is no answer yet, not an error.
    private static final List<String> ASK_SYSTEMD =
            List.of("timeout", "-k", "1", "5", "systemctl", "is-system-running");

    Machine(LabSettings lab) {
        this.lab = lab;
        this.network = new Network(lab.name(), lab.subnet());
        this.cgroups = new Cgroups(lab.name());
    }

    /// Boots a host that is stopped; whatever is left of an earlier run goes first.
    void start(LabHost host, List<Layers.Layer> layers) {
        if (!host.layers().equals(identities(layers))) {
            throw new LabException(
                    ("The layers below %s are not those it was made on."
                                    + " Make the lab anew: lab down --purge, lab up")
                            .formatted(host.name()));
        }
        clear(host);
        disk(host).prepare(host.diskSize());
        new HostSetup(lab).write(host, setup(host));
        Path namespace = network.connect(host);
        spawn(host, layers, namespace);
    }

    /// Waits until a host has booted.
    State awaitBoot(LabHost host, Duration limit) {
        var seen = new AtomicReference<>(State.STARTING);
        boolean settled =
                Waiting.until(
                        limit,
                        () -> {
                            seen.set(state(host));
                            return seen.get() != State.STARTING;
                        });
        if (!settled || seen.get() == State.STOPPED) {
            throw new LabException(
                    "%s has not booted (limit %d s): %s"
                            .formatted(host.name(), limit.toSeconds(), console(host)));
        }
        return Objects.requireNonNull(seen.get());
    }

    /// Shuts a host down in good order.
    void stop(LabHost host) {
        supervisor(host)
                .ifPresent(
                        supervisor -> {
                            leader(supervisor).ifPresent(leader -> leader.signal(POWER_OFF));
                            supervisor.ended(SHUTDOWN_LIMIT);
                        });
        clear(host);
    }

    /// Ends a host's processes at once. What its kernel had not yet written is kept: the kernel is
    /// this machine's and lives on.
    void kill(LabHost host) {
        clear(host);
    }

    /// Ends a host at once, with all that was not yet written, as a loss of power does. Its
    /// processes stop first, so that none can act on finding its disk gone.
    void losePower(LabHost host) {
        supervisor(host)
                .ifPresent(
                        supervisor -> {
                            cgroups.freeze(host.name());
                            disk(host).cutOff(supervisor);
                        });
        clear(host);
    }

    State state(LabHost host) {
        var supervisor = supervisor(host);
        if (supervisor.isEmpty()) {
            return State.STOPPED;
        }
        var leader = leader(supervisor.get());
        if (leader.isEmpty()) {
            return State.STARTING;
        }
        Programs.Outcome said;
        try {
            said = Programs.attempt(Duration.ofSeconds(10), inside(leader.get(), ASK_SYSTEMD));
        } catch (LabException unanswered) {
            // Even entering the namespaces of a host that is going down may block.
            return State.STARTING;
        }
        return switch (said.output().strip()) {
            case "running" -> State.RUNNING;
            case "degraded" -> State.DEGRADED;
            default -> State.STARTING;
        };
    }

    /// The command that runs another one inside a host, with a clean environment.
    List<String> commandIn(LabHost host, List<String> command) {
        return inside(getLeader(host), command);
    }

    /// The root folder of a running host, as seen from this machine.
    Path root(LabHost host) {
        return Path.of("/proc", Long.toString(getLeader(host).pid()), "root");
    }

    static String identities(List<Layers.Layer> layers) {
        return layers.stream().map(Layers.Layer::id).collect(Collectors.joining(" "));
    }

    /// Leaves nothing of a host but its disk.
    private void clear(LabHost host) {
        supervisor(host).ifPresent(supervisor -> supervisor.signal(9));
        cgroups.kill(host.name());
        network.disconnect(host.name());
        cgroups.remove(host.name());
        try {
            Files.deleteIfExists(runFile(host));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void spawn(LabHost host, List<Layers.Layer> layers, Path namespace) {
        var disk = disk(host);
        var lower = layers.stream().map(Layers.Layer::root).toList();
        var command = new ArrayList<>(List.of("setsid", "unshare", "--mount"));
        command.addAll(List.of("--propagation", "slave", "sh", "-c", SCRIPT, "supervisor"));
        command.addAll(List.of("systemd-nspawn", "--quiet", "--directory=" + disk.root()));
        command.addAll(List.of("--machine=" + lab.name() + "-" + host.name()));
        command.addAll(List.of("--hostname=" + host.name(), "--register=no", "--keep-unit"));
        command.addAll(List.of("--boot", "--console=pipe"));
        // Lost otherwise when a network namespace is given; a twin in the host sets lo up with it.
        command.add("--capability=CAP_NET_ADMIN");
        command.add("--network-namespace-path=" + namespace);
        command.addAll(List.of("--resolv-conf=off", "--timezone=off", "--link-journal=no"));
        try {
            var builder = new ProcessBuilder(command);
            var variables = builder.environment();
            variables.clear();
            variables.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            variables.put("HOST", host.name());
            variables.put("SUPERVISORS", joined(cgroups.create(SUPERVISORS), " "));
            variables.put("HOST_GROUPS", joined(cgroups.create(host.name()), " "));
            variables.put("KEEP", joined(List.of(lab.data(), lab.cache(), namespace), " "));
            variables.put("IMAGE", disk.image().toString());
            variables.put("DISK", disk.mountPoint().toString());
            variables.put("ROOT", disk.root().toString());
            variables.put("LOWER", joined(lower, ":"));
            variables.put("SETUP", setup(host).toString());
            var process =
                    builder.redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .redirectOutput(consoleFile(host).toFile())
                            .start();
            ProcessId.of(process.pid())
                    .ifPresent(started -> StateFile.write(runFile(host), started.state()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot boot " + host.name(), e);
        }
    }

    private ProcessId getLeader(LabHost host) {
        return supervisor(host)
                .flatMap(Machine::leader)
                .orElseThrow(
                        () ->
                                new LabException(
                                        "%s is not running. Start it with: lab start %s"
                                                .formatted(host.name(), host.name())));
    }

    private Optional<ProcessId> supervisor(LabHost host) {
        return StateFile.read(runFile(host)).flatMap(ProcessId::read).filter(ProcessId::isAlive);
    }

    /// The first process of a container, found as the nearest descendant that is number 1 inside.
    private static Optional<ProcessId> leader(ProcessId supervisor) {
        var next = new ArrayDeque<>(children(supervisor.pid()));
        while (!next.isEmpty()) {
            long pid = next.poll();
            if (isFirstOfItsNamespace(pid)) {
                return ProcessId.of(pid);
            }
            next.addAll(children(pid));
        }
        return Optional.empty();
    }

    private static List<Long> children(long pid) {
        String id = Long.toString(pid);
        try {
            String text = Files.readString(Path.of("/proc", id, "task", id, "children")).strip();
            return text.isEmpty()
                    ? List.of()
                    : List.of(text.split(" ")).stream().map(Long::parseLong).toList();
        } catch (IOException _) {
            return List.of(); // It is gone.
        }
    }

    private static boolean isFirstOfItsNamespace(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .anyMatch(line -> line.matches("NSpid:(\\s+\\d+)+\\s+1"));
        } catch (IOException _) {
            return false; // It is gone.
        }
    }

    private static List<String> inside(ProcessId leader, List<String> command) {
        var whole = new ArrayList<>(List.of("nsenter", "--target", Long.toString(leader.pid())));
        whole.addAll(List.of("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"));
        whole.addAll(List.of("--root", "--wd", "--", "env", "-i", "HOME=/root", "LANG=C.UTF-8"));
        whole.add("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        whole.addAll(List.of("TERM=dumb", "DEBIAN_FRONTEND=noninteractive"));
        whole.addAll(command);
        return whole;
    }

    private HostDisk disk(LabHost host) {
        return new HostDisk(folder(host));
    }

    private Path folder(LabHost host) {
        return new Hosts(lab.hosts()).folder(host);
    }

    private Path runFile(LabHost host) {
        return folder(host).resolve("running.properties");
    }

    private Path consoleFile(LabHost host) {
        return folder(host).resolve("console.log");
    }

    private String console(LabHost host) {
        try {
            String text = Files.readString(consoleFile(host));
            return text.substring(Math.max(0, text.length() - 1_500));
        } catch (IOException e) {
            return "and its console cannot be read: " + e.getMessage();
        }
    }

    private Path setup(LabHost host) {
        return folder(host).resolve("setup");
    }

    private static String joined(List<Path> paths, String separator) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(separator));
    }

    private static String script() {
        try (var in = Machine.class.getResourceAsStream("supervisor.sh")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
