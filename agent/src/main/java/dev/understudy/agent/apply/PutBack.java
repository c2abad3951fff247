package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.system.Units;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts the host back to a checkpoint and its services back to how they ran: restores the files,
/// restarts what runs the undone ones, starts again what the patch had stopped or broken, and
/// compares with how the host was. What does not succeed may be in the way of something that
/// passes, such as a full disk, so it is tried again for a while.
final class PutBack {
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(5);

    /// Before each further try.
    static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(45));

    private final ManagedHost host;
    private final Set<String> patched;
    private final Set<String> killed = new TreeSet<>();
    private final Set<String> restarted = new HashSet<>();

    /// Units that were not as before at the last look.
    private Set<String> suspects = Set.of();

    /// @param patched names of the packages that the patch changed
    PutBack(ManagedHost host, Set<String> patched) {
        this.host = host;
        this.patched = Set.copyOf(patched);
    }

    static Set<String> names(Plan plan) {
        return plan.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
    }

    /// How the host is afterwards. `restored` is null if the checkpoint itself could not be used.
    ///
    /// @param notes what is to be known of it even if it is whole, in sentences
    record Result(
            @Nullable RestoreResult restored,
            Health health,
            List<String> problems,
            List<String> notes) {
        Result {
            problems = List.copyOf(problems);
            notes = List.copyOf(notes);
        }

        /// Whether every file and version is back and the host is as healthy as before.
        boolean whole() {
            return problems.isEmpty();
        }
    }

    Result putBack(String checkpoint, Optional<HealthSample> baseline) throws InterruptedException {
        Result result = attempt(checkpoint, null, baseline);
        for (Duration pause : PAUSES) {
            if (result.whole() || !mayHelpToTryAgain(result, baseline)) {
                break;
            }
            Log.warn("the undo is tried again: %s", String.join("; ", result.problems()));
            host.pause(pause);
            result = attempt(checkpoint, result.restored(), baseline);
        }
        return result;
    }

    /// A checkpoint that is not there or must not be used now will not be better in a minute, nor
    /// will a sample that is lost.
    private static boolean mayHelpToTryAgain(Result result, Optional<HealthSample> baseline) {
        RestoreResult restored = result.restored();
        return restored != null && (!restored.complete() || baseline.isPresent());
    }

    /// @param earlier what came of the files so far; those that are whole are left alone
    private Result attempt(
            String checkpoint, @Nullable RestoreResult earlier, Optional<HealthSample> baseline)
            throws InterruptedException {
        List<String> problems = new ArrayList<>();
        RestoreResult restored;
        try {
            restored = earlier != null && earlier.complete() ? earlier : host.restore(checkpoint);
        } catch (CheckpointException e) {
            problems.add(String.valueOf(e.getMessage()));
            return result(null, new Health(List.of(), 0), problems);
        }
        problems.addAll(restored.reasons());
        RestartStale.Outcome restarts = host.restartStale(RESTART_LIMIT);
        killed.addAll(restarts.killed());
        restarted.addAll(restarts.restarted());
        if (baseline.isEmpty()) {
            problems.addAll(restarts.failed());
            problems.add("there is no sample from before to compare the host's health with");
            return result(restored, new Health(List.of(), 0), problems);
        }
        startAgain(baseline.get());
        Health health = Health.compare(baseline.get(), host.sampleAfterRestart(baseline.get()));
        suspects = new TreeSet<>();
        for (CheckResult wrong : health.wrong()) {
            suspects.addAll(Health.units(baseline.get(), wrong));
        }
        problems.addAll(health.sentences());
        return result(restored, health, problems);
    }

    private Result result(@Nullable RestoreResult restored, Health health, List<String> problems) {
        return new Result(restored, health, problems, List.copyOf(killed));
    }

    /// Starts what ran before and does not now, and restarts what runs otherwise than before: a
    /// service that was started from the files of the patch, or while they were being put back,
    /// goes on with what it read then. Whether it worked is seen by the checks.
    private void startAgain(HealthSample before) throws InterruptedException {
        HealthSample now = host.sampleAgain(before);
        Map<String, Units.Unit> units = new HashMap<>();
        now.units().forEach(unit -> units.put(unit.name(), unit));
        Set<String> chosen = new TreeSet<>();
        for (Units.Unit unit : before.units()) {
            boolean ran = unit.active().equals("active") && !unit.oneshot();
            // Its own units are for the owner to switch: the agent must not wait for itself.
            if (!ran || unit.name().startsWith("understudy-agent")) {
                continue;
            }
            Units.Unit current = units.get(unit.name());
            if (current == null
                    || !current.active().equals("active")
                    || (!RestartStale.leavesAlone(unit.name()) && isWrong(unit, current))) {
                chosen.add(unit.name());
            }
        }
        if (chosen.isEmpty()) {
            return;
        }
        reset(chosen);
        killed.addAll(host.restart(RESTART_LIMIT, chosen).killed());
        restarted.addAll(chosen);
    }

    /// Whether it was not as before at the last look, or runs what it read of the patch.
    private boolean isWrong(Units.Unit before, Units.Unit now) throws InterruptedException {
        return suspects.contains(now.name()) || startedByPatch(before, now);
    }

    private boolean startedByPatch(Units.Unit before, Units.Unit now) throws InterruptedException {
        return now.name().endsWith(".service")
                && !now.invocation().equals(before.invocation())
                && !restarted.contains(now.name())
                && !Collections.disjoint(host.behind(now.name()).owners(), patched);
    }

    /// systemd would not start again what has failed to start too often.
    private void reset(Set<String> units) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("reset-failed", "--"));
        units.stream().sorted().forEach(arguments::add);
        Output output = host.systemctl(RESTART_LIMIT, arguments);
        if (!output.succeeded()) {
            Log.warn("systemctl %s: %s", String.join(" ", arguments), output.tail());
        }
    }
}
