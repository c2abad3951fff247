package dev.understudy.agent.rehearsal;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.HealthChecks;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.ListeningSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whether the unpatched twin stands for the host: what is well on the host must be well in the
/// twin before anything can be said about a patch. What a twin leaves out on purpose, and what
/// systemd does not start there because of the unit's own conditions (no hardware, a container), is
/// not judged at all.
final class Baseline {
    private final HealthSample host;
    private final HealthSample twin;

    Baseline(HealthSample host, HealthSample twin) {
        this.host = host;
        this.twin = twin;
    }

    /// Every check in which the unpatched twin falls short of the host: Unknown, since it says
    /// nothing about the patch.
    List<CheckResult> shortfalls(Collection<String> masked, Place inTwin)
            throws InterruptedException {
        Set<String> leftOut = new TreeSet<>(masked);
        leftOut.addAll(kept(inTwin));
        List<CheckResult> shortfalls = new ArrayList<>();
        for (CheckResult check : HealthChecks.compare(without(host, leftOut), twin)) {
            if (check.health() != Health.HEALTHY) {
                shortfalls.add(
                        new CheckResult(
                                check.check(),
                                check.subject(),
                                Health.UNKNOWN,
                                "cannot be judged, since the unpatched twin falls short of the"
                                        + " host: "
                                        + check.detail()));
            }
        }
        return shortfalls;
    }

    /// Units that run on the host and that systemd, by their own conditions, keeps from running in
    /// the twin.
    private Set<String> kept(Place inTwin) throws InterruptedException {
        Set<String> running =
                twin.units().stream()
                        .filter(unit -> unit.active().equals("active"))
                        .map(unit -> unit.name())
                        .collect(Collectors.toSet());
        List<String> absent =
                host.units().stream()
                        .filter(unit -> unit.active().equals("active"))
                        .map(unit -> unit.name())
                        .filter(name -> !running.contains(name))
                        .toList();
        Set<String> kept = new TreeSet<>();
        if (absent.isEmpty()) {
            return kept;
        }
        List<String> show =
                new ArrayList<>(
                        List.of(
                                "systemctl",
                                "show",
                                "--property=Id,ConditionResult,ConditionTimestampMonotonic",
                                "--"));
        show.addAll(absent);
        Output output = inTwin.run(Command.of(show));
        for (String block : output.stdout().split("\n\n")) {
            Set<String> lines = block.lines().collect(Collectors.toSet());
            boolean checked = !lines.contains("ConditionTimestampMonotonic=0");
            if (checked && lines.contains("ConditionResult=no")) {
                lines.stream()
                        .filter(line -> line.startsWith("Id="))
                        .forEach(line -> kept.add(line.substring(3)));
            }
        }
        return kept;
    }

    /// The sample without these units, what they listen on, and timers: a twin has no timers.
    private static HealthSample without(HealthSample sample, Set<String> units) {
        Set<String> ports =
                sample.sockets().stream()
                        .filter(socket -> units.contains(socket.unit()))
                        .map(socket -> socket.address() + " " + socket.port())
                        .collect(Collectors.toSet());
        List<ListeningSocket> sockets =
                sample.sockets().stream().filter(socket -> !units.contains(socket.unit())).toList();
        return new HealthSample(
                sample.systemd(),
                sample.settled(),
                sample.units().stream()
                        .filter(
                                unit ->
                                        !units.contains(unit.name())
                                                && !unit.name().endsWith(".timer"))
                        .toList(),
                sockets,
                sample.answers().stream()
                        .filter(answer -> !ports.contains(answer.address() + " " + answer.port()))
                        .toList(),
                sample.packageProblems(),
                sample.probes(),
                sample.unreadable());
    }
}
