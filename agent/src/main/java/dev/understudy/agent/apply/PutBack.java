package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.system.Units;
import dev.understudy.protocol.RestoreResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts the host back to a checkpoint and its services back to how they ran: restores the files,
/// restarts what runs the undone ones, starts again what the patch had stopped or broken, and
/// compares with how the host was.
final class PutBack {
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(5);

    private final ManagedHost host;

    PutBack(ManagedHost host) {
        this.host = host;
    }

    /// How the host is afterwards. `restored` is null if the checkpoint itself could not be used.
    record Result(@Nullable RestoreResult restored, Health health, List<String> problems) {
        /// Whether every file and version is back and the host is as healthy as before.
        boolean whole() {
            return problems.isEmpty();
        }
    }

    Result putBack(String checkpoint, Optional<HealthSample> baseline) throws InterruptedException {
        List<String> problems = new ArrayList<>();
        RestoreResult restored;
        try {
            restored = host.restore(checkpoint);
        } catch (CheckpointException e) {
            problems.add(String.valueOf(e.getMessage()));
            return new Result(null, new Health(List.of(), 0), problems);
        }
        problems.addAll(restored.reasons());
        RestartStale.Outcome restarts = host.restartStale(RESTART_LIMIT);
        if (baseline.isEmpty()) {
            problems.addAll(restarts.failed());
            problems.add("there is no sample from before to compare the host's health with");
            return new Result(restored, new Health(List.of(), 0), problems);
        }
        startAgain(baseline.get());
        Health health = Health.compare(baseline.get(), host.sample());
        problems.addAll(health.sentences());
        return new Result(restored, health, problems);
    }

    /// Starts what ran before and does not now; whether it worked is seen by the checks.
    private void startAgain(HealthSample before) throws InterruptedException {
        HealthSample now = host.sample();
        Map<String, Units.Unit> units = new HashMap<>();
        now.units().forEach(unit -> units.put(unit.name(), unit));
        Set<String> down = new HashSet<>();
        for (Units.Unit unit : before.units()) {
            Units.Unit current = units.get(unit.name());
            boolean ran = unit.active().equals("active") && !unit.oneshot();
            boolean runs = current != null && current.active().equals("active");
            // Its own units are for the owner to switch: the agent must not wait for itself.
            if (ran && !runs && !unit.name().startsWith("understudy-agent")) {
                down.add(unit.name());
            }
        }
        if (down.isEmpty()) {
            return;
        }
        run("reset-failed", down);
        run("restart", down);
    }

    private void run(String verb, Set<String> units) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(verb, "--"));
        units.stream().sorted().forEach(arguments::add);
        Output output = host.systemctl(RESTART_LIMIT, arguments);
        if (!output.succeeded()) {
            dev.understudy.agent.log.Log.warn(
                    "systemctl %s: %s", String.join(" ", arguments), output.tail());
        }
    }
}
