package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Proc;
import dev.understudy.agent.system.Units;
import dev.understudy.protocol.StaleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Restarts the units whose processes run replaced files, each within a bound. Sessions of people
/// are reported, not ended; the agent leaves itself to its own caller.
public final class RestartStale {
    /// A restart of these ends what others run in them: their owner decides when.
    private static final Set<String> OWNERS_DECISION =
            Set.of(
                    "docker.service",
                    "display-manager.service",
                    "gdm.service",
                    "gdm3.service",
                    "lightdm.service",
                    "sddm.service",
                    "systemd-nspawn@.service");

    private final Place place;

    public RestartStale(Place place) {
        this.place = place;
    }

    /// What came of it.
    ///
    /// @param restarted units that were restarted and run
    /// @param failed units that did not come back, in sentences
    /// @param left what still runs old files and was not restarted, in sentences
    /// @param stale all that runs old files now
    /// @param unexamined processes of which that is not known
    /// @param killed units that had to be killed to make them stop, in sentences
    public record Outcome(
            List<String> restarted,
            List<String> failed,
            List<String> left,
            List<StaleProcess> stale,
            List<String> unexamined,
            List<String> killed) {
        public Outcome {
            restarted = List.copyOf(restarted);
            failed = List.copyOf(failed);
            left = List.copyOf(left);
            stale = List.copyOf(stale);
            unexamined = List.copyOf(unexamined);
            killed = List.copyOf(killed);
        }
    }

    /// Whether a unit that runs is never restarted, since that would end more than itself.
    public static boolean leavesAlone(String unit) {
        return RebootNeed.NEVER_RESTARTED.contains(unit)
                || OWNERS_DECISION.contains(unit)
                || unit.startsWith("systemd-nspawn@");
    }

    /// Restarts what runs old files now.
    public Outcome restart(Duration limit) throws InterruptedException {
        StaleProcesses processes = new StaleProcesses(place);
        List<StaleProcess> stale = processes.find();
        List<String> left = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<String> killed = new ArrayList<>();
        Map<String, StaleProcess> byUnit = byUnit(stale);
        Map<String, Units.Unit> units = units(byUnit.keySet());
        List<String> chosen = new ArrayList<>();
        boolean init = false;
        for (Map.Entry<String, StaleProcess> one : byUnit.entrySet()) {
            String reason = reasonToLeave(one.getKey(), one.getValue(), units);
            if (one.getKey().equals("init.scope") && !units.isEmpty()) {
                init = true;
            } else if (!reason.isEmpty()) {
                left.add(reason);
            } else {
                chosen.add(one.getKey());
            }
        }
        if (init) {
            run(failed, limit, "systemctl", "daemon-reexec");
        }
        dropBrokenSsh(chosen, failed);
        List<StaleProcess> now = stale;
        if (!chosen.isEmpty()) {
            RestartFirmly.Outcome restarted = new RestartFirmly(place).restart(chosen, limit);
            killed.addAll(restarted.killed());
            try (Background<List<StaleProcess>> finding =
                    Background.start("stale", processes::find)) {
                failed.addAll(notActive(chosen, restarted.output()));
                now = finding.get();
            }
        } else if (!stale.isEmpty()) {
            now = processes.find();
        }
        return new Outcome(
                chosen.stream()
                        .filter(u -> failed.stream().noneMatch(f -> f.startsWith(u)))
                        .toList(),
                failed,
                left,
                now,
                processes.unexamined(),
                killed);
    }

    private Map<String, Units.Unit> units(Collection<String> names) throws InterruptedException {
        Map<String, Units.Unit> units = new HashMap<>();
        List<String> known = names.stream().filter(name -> !name.startsWith(" ")).toList();
        Units.list(place, known).orElse(List.of()).forEach(unit -> units.put(unit.name(), unit));
        return units;
    }

    private static Map<String, StaleProcess> byUnit(List<StaleProcess> stale) {
        Map<String, StaleProcess> byUnit = new TreeMap<>();
        for (StaleProcess process : stale) {
            String key = process.unit().isEmpty() ? " " + process.command() : process.unit();
            byUnit.putIfAbsent(key, process);
        }
        return byUnit;
    }

    /// Why the unit is not restarted; empty if it may be.
    private String reasonToLeave(String name, StaleProcess process, Map<String, Units.Unit> units) {
        Units.Unit unit = units.get(name);
        if (process.unit().isEmpty()) {
            return "%s belongs to no unit and was left running".formatted(process.command());
        }
        if (name.equals(ownUnit()) || name.startsWith("understudy-agent")) {
            return "%s is the agent itself".formatted(name);
        }
        if (RebootNeed.NEVER_RESTARTED.contains(name)) {
            return "%s cannot be restarted without a reboot".formatted(name);
        }
        if (name.endsWith(".scope") || name.startsWith("user@")) {
            return "%s (%s) is a session of a user and was left running"
                    .formatted(name, process.command());
        }
        if (OWNERS_DECISION.contains(name) || name.startsWith("systemd-nspawn@")) {
            return "%s runs what others depend on; its owner decides".formatted(name);
        }
        if (name.contains("getty@") && !process.command().equals("agetty")) {
            return "%s has somebody logged in and was left running".formatted(name);
        }
        if (unit == null) {
            return "%s is not a unit that systemd knows".formatted(name);
        }
        return unit.restartable() ? "" : "%s refuses to be stopped".formatted(name);
    }

    /// A daemon that would not start with its present configuration stays as it is: it may be the
    /// only way in.
    private void dropBrokenSsh(List<String> chosen, List<String> failed)
            throws InterruptedException {
        for (String ssh : List.of("ssh.service", "sshd.service")) {
            if (chosen.contains(ssh)) {
                Output check = place.run(Command.of("sshd", "-t"));
                if (!check.succeeded()) {
                    chosen.remove(ssh);
                    failed.add(
                            "%s was not restarted, its configuration is not valid: %s"
                                    .formatted(ssh, check.tail()));
                }
            }
        }
    }

    private List<String> notActive(List<String> chosen, Output output) throws InterruptedException {
        Map<String, Units.Unit> now = units(chosen);
        List<String> failed = new ArrayList<>();
        for (String name : chosen) {
            Units.Unit unit = now.get(name);
            boolean well =
                    unit != null
                            && !unit.failed()
                            && (unit.active().equals("active") || unit.onDemand());
            if (!well) {
                failed.add(
                        "%s is %s after its restart: %s"
                                .formatted(
                                        name,
                                        unit == null ? "gone" : unit.active(),
                                        output.tail()));
            }
        }
        return failed;
    }

    private void run(List<String> failed, Duration limit, String... command)
            throws InterruptedException {
        Output output = place.run(Command.of(command).within(limit));
        if (!output.succeeded()) {
            failed.add("%s failed: %s".formatted(String.join(" ", command), output.tail()));
        }
    }

    /// The unit the agent runs in, if it looks at its own host.
    private String ownUnit() {
        return new Proc(place).read("self/cgroup").map(Proc.Task::unitOf).orElse("");
    }
}
