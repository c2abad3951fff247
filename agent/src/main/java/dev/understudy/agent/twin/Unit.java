package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The transient systemd unit on the host that a twin lives and dies with. It is bounded in memory,
/// tasks and time, may not touch devices, clock or kernel modules, and is killed as a whole.
final class Unit {
    static final String PREFIX = "understudy-twin-";

    /// What a container manager leaves a container, too: nothing that reaches the kernel, the clock
    /// or the hardware of the host.
    private static final String CAPABILITIES =
            "CAP_AUDIT_CONTROL CAP_AUDIT_WRITE CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH"
                    + " CAP_FOWNER CAP_FSETID CAP_IPC_OWNER CAP_KILL CAP_LEASE"
                    + " CAP_LINUX_IMMUTABLE CAP_MKNOD CAP_NET_ADMIN CAP_NET_BIND_SERVICE"
                    + " CAP_NET_BROADCAST CAP_NET_RAW CAP_SETFCAP CAP_SETGID CAP_SETPCAP"
                    + " CAP_SETUID CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_CHROOT CAP_SYS_NICE"
                    + " CAP_SYS_PTRACE CAP_SYS_RESOURCE CAP_SYS_TTY_CONFIG";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final Place host;
    private final String name;

    Unit(Place host, String name) {
        this.host = host;
        this.name = name;
    }

    String name() {
        return name;
    }

    void start(List<String> program, long memory, Duration lifetime)
            throws TwinException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "systemd-run",
                                "--quiet",
                                "--collect",
                                "--no-block",
                                "--unit=" + name,
                                "--description=Rehearsal twin of this host",
                                "--property=Delegate=yes",
                                "--property=KillSignal=SIGKILL",
                                "--property=TimeoutStopSec=10s",
                                "--property=OOMPolicy=continue",
                                "--property=MemoryMax=" + memory,
                                "--property=TasksMax=4096",
                                "--property=CPUWeight=50",
                                "--property=IOWeight=50",
                                "--property=RuntimeMaxSec=" + lifetime.toSeconds(),
                                "--property=DevicePolicy=closed",
                                "--property=DeviceAllow=char-pts rw",
                                "--property=CapabilityBoundingSet=" + CAPABILITIES));
        arguments.add("--");
        arguments.addAll(program);
        Output output = host.run(Command.of(arguments).within(STOP_LIMIT));
        if (!output.succeeded()) {
            throw new TwinException("systemd refuses the twin's unit: " + output.tail());
        }
    }

    boolean isGone() throws InterruptedException {
        Output output =
                host.run(
                        Command.of(
                                "systemctl",
                                "show",
                                "--property=ActiveState",
                                "--value",
                                name + ".service"));
        String state = output.stdout().strip();
        return output.succeeded() && (state.equals("inactive") || state.equals("failed"));
    }

    /// Kills every process of the unit and waits until systemd has seen them go.
    void stop() throws InterruptedException {
        host.run(Command.of("systemctl", "stop", name + ".service").within(STOP_LIMIT));
        host.run(Command.of("systemctl", "reset-failed", name + ".service").within(STOP_LIMIT));
    }

    /// The last lines that the unit printed.
    String said() throws InterruptedException {
        return host.run(
                        Command.of(
                                "journalctl",
                                "--no-pager",
                                "--output=cat",
                                "--lines=20",
                                "--unit=" + name + ".service"))
                .tail();
    }

    /// The names of all twins' units on this host.
    static List<String> all(Place host) throws InterruptedException {
        Output output =
                host.run(
                        Command.of(
                                "systemctl",
                                "list-units",
                                "--all",
                                "--plain",
                                "--no-legend",
                                "--full",
                                PREFIX + "*"));
        return output.stdout()
                .lines()
                .map(line -> line.strip().split("\\s+")[0])
                .filter(unit -> unit.startsWith(PREFIX) && unit.endsWith(".service"))
                .map(unit -> unit.substring(0, unit.length() - ".service".length()))
                .toList();
    }
}
