package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.effect.RestartFirmly;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.UrgeStops;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.health.UnitFiles;
import dev.understudy.agent.hooks.Hooks;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.triage.Evidence;
import dev.understudy.agent.twin.KeptData;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What carrying out orders needs of the host.
public interface ManagedHost {
    PackageManager packages();

    /// How the owner takes the host out of service and back.
    Hooks hooks();

    /// The data that the plan touches and an undo does not put back.
    List<KeptData> keptData(Plan plan) throws IOException, InterruptedException;

    HealthSample sample() throws InterruptedException;

    /// A sample to be compared with that of `before`.
    HealthSample sampleAgain(HealthSample before) throws InterruptedException;

    /// A sample right after services were restarted, which are given time to become as `before`.
    HealthSample sampleAfterRestart(HealthSample before) throws InterruptedException;

    RestartStale.Outcome restartStale(Duration limit) throws InterruptedException;

    /// Why the installed fixes need a reboot, given what still runs old files.
    List<String> rebootReasons(List<StaleProcess> stale) throws InterruptedException;

    /// Whether this process is the agent itself, which takes care of itself.
    boolean isAgent(StaleProcess process);

    /// Restarts these units; those that do not stop are killed, which the outcome says.
    RestartFirmly.Outcome restart(Duration limit, Collection<String> units)
            throws InterruptedException;

    /// Asks services again that do not stop, until it is closed: what installs packages waits for
    /// them.
    UrgeStops urgeStops();

    /// Lets time pass before something is tried again.
    void pause(Duration time) throws InterruptedException;

    Output systemctl(Duration limit, List<String> arguments) throws InterruptedException;

    /// The packages behind a systemd unit.
    UnitFiles.Packages behind(String unit) throws InterruptedException;

    String runningKernel();

    RehearsalResult rehearse(
            OrderId order, OrderBody.Rehearse rehearse, Consumer<Report.Progress> progress)
            throws InterruptedException;

    /// Why the host is not as it was rehearsed, or was not; empty if it is. `accepted`: a person
    /// accepted that the rehearsal was inconclusive.
    List<String> changedSinceRehearsal(OrderId rehearsal, Plan plan, boolean accepted)
            throws InterruptedException;

    /// Whether the package manager would still do just what it did when it was asked in that
    /// rehearsal. False where that cannot be told.
    boolean isSimulated(OrderId rehearsal) throws InterruptedException;

    /// Why there is too little space to go on; empty if there is enough.
    Optional<String> spaceMissing();

    /// Returns once all that was installed is on the disk. The package manager sees to that for the
    /// files of packages, not for those that their scripts make.
    void bringToDisk() throws IOException;

    /// Evidence of the state before the first change.
    Evidence evidence();

    /// Saves what the rehearsed plan changes. Taking a checkpoint again that is complete is
    /// nothing.
    ///
    /// @return what it cannot promise, in sentences; nothing where the rehearsal told exactly what
    ///   the plan changes
    List<String> takeCheckpoint(String id, OrderId rehearsal)
            throws CheckpointException, InterruptedException;

    /// The plan that a checkpoint can undo; empty if there is none that can be read.
    Optional<Plan> planOf(String checkpoint);

    RestoreResult restore(String checkpoint) throws CheckpointException, InterruptedException;

    /// Deletes what is beyond the owner's limits, but not these.
    void pruneCheckpoints(List<String> needed) throws InterruptedException;

    /// Keeps the sample taken before an order, on the disk.
    void keepBaseline(OrderId order, HealthSample baseline);

    /// The sample kept for an order; empty if there is none that can be read.
    Optional<HealthSample> baseline(OrderId order);

    /// Removes what a killed agent left behind.
    void sweep() throws InterruptedException;
}
