package dev.understudy.agent.apply;

import dev.understudy.agent.effect.RestartFirmly;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.UrgeStops;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A host in memory whose agent can be killed before any of its effects. What is kept here is what
/// the disk would keep.
final class FakeHost implements ManagedHost {
    /// The agent process ends here.
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    static final Plan PLAN = FakePackages.PLAN;

    final FakePackages packages = new FakePackages(this::effect, this::installed);
    final FakeHooks hooks = new FakeHooks(this::effect);
    private final Map<String, Map<String, String>> checkpoints = new HashMap<>();
    private final Map<OrderId, HealthSample> baselines = new HashMap<>();
    final List<String> actions = new ArrayList<>();
    private Map<String, String> onDisk = Map.of();
    private boolean stale;
    boolean killIsLossOfPower;

    /// The service of the patched package: what it was started by, and whether it then read files
    /// of the patch, which it goes on with.
    private String started = "boot-1";

    boolean readPatched;
    int killAt = Integer.MAX_VALUE;

    /// Told of every effect once it has happened.
    Consumer<String> watcher = _ -> {};

    int effects;
    boolean healthyAfterPatch = true;
    boolean restoreFails;
    boolean onlyConfigurationChanges;
    boolean needsReboot;
    boolean diskFails;
    List<String> unexamined = List.of();
    List<String> killedToRestart = List.of();

    /// While the disk is full, nothing can be put back and no service starts.
    int pausesUntilDiskHasRoom;

    boolean serviceDown;
    private int pauses;
    boolean rehearsedAsItIs = true;
    boolean stillExact;
    String bootId = "boot-1";
    final FakeEvidence evidence = new FakeEvidence(this::effect);

    boolean isOld() {
        return packages.areOld();
    }

    boolean isNew() {
        return packages.areNew();
    }

    /// Data that the plan touches.
    final List<KeptData> keptData = new ArrayList<>();

    @Override
    public List<KeptData> keptData(Plan plan) {
        return keptData;
    }

    @Override
    public FakeHooks hooks() {
        return hooks;
    }

    /// The postinst of nginx restarts it.
    private void installed() {
        start();
        stale = !onlyConfigurationChanges;
    }

    private void start() {
        started = "start " + effects;
        readPatched = !isOld();
    }

    private synchronized void effect(String name) {
        if (effects++ == killAt) {
            if (killIsLossOfPower) {
                bootId = bootId + "'";
                started = "boot " + bootId;
                readPatched = !isOld();
            }
            throw new Killed();
        }
        actions.add(name);
        watcher.accept(name);
    }

    @Override
    public FakePackages packages() {
        return packages;
    }

    @Override
    public HealthSample sampleAgain(HealthSample before) {
        return sample();
    }

    @Override
    public HealthSample sampleAfterRestart(HealthSample before) {
        return sample();
    }

    @Override
    public HealthSample sample() {
        effect("sample");
        boolean sick = !healthyAfterPatch && !isOld();
        return FakeResults.sample(
                sick ? "http 500" : "http 200",
                FakeResults.service("redis.service", serviceDown ? "failed" : "active", "run"),
                FakeResults.service("nginx.service", "active", started));
    }

    @Override
    public RestartStale.Outcome restartStale(Duration limit) {
        effect("restart");
        List<String> restarted = stale ? List.of("nginx.service") : List.of();
        if (stale) {
            start();
        }
        stale = false;
        return new RestartStale.Outcome(
                restarted, List.of(), List.of(), List.of(), unexamined, List.of());
    }

    @Override
    public RestartFirmly.Outcome restart(Duration limit, Collection<String> units) {
        effect("restart " + String.join(" ", units));
        if (units.contains("nginx.service")) {
            start();
        }
        serviceDown &= isDiskFull();
        return new RestartFirmly.Outcome(
                new Output(0, "", "", false, false, Duration.ZERO), killedToRestart);
    }

    @Override
    public UrgeStops urgeStops() {
        return UrgeStops.ofAll(new FakeResults.NoSystemd());
    }

    @Override
    public void pause(Duration time) {
        effect("pause");
        pauses++;
    }

    private boolean isDiskFull() {
        return pauses < pausesUntilDiskHasRoom;
    }

    @Override
    public List<String> rebootReasons(List<StaleProcess> left) {
        return needsReboot && isNew() && bootId.equals("boot-1")
                ? List.of("a new kernel is installed")
                : List.of();
    }

    @Override
    public boolean isAgent(StaleProcess process) {
        return false;
    }

    @Override
    public Output systemctl(Duration limit, List<String> arguments) {
        effect("systemctl " + String.join(" ", arguments));
        if (arguments.equals(List.of("reboot"))) {
            bootId = bootId + "'";
            throw new Killed();
        }
        return new Output(0, "", "", false, false, Duration.ZERO);
    }

    /// Which package's unit it is, by the unit's name.
    final Map<String, String> unitOwners = new HashMap<>(Map.of("nginx.service", "nginx"));

    @Override
    public dev.understudy.agent.health.UnitFiles.Packages behind(String unit) {
        String owner = unitOwners.get(unit);
        return new dev.understudy.agent.health.UnitFiles.Packages(
                owner == null ? Set.of() : Set.of(owner), Set.of());
    }

    @Override
    public String runningKernel() {
        return "6.1.0";
    }

    @Override
    public RehearsalResult rehearse(
            OrderId order, OrderBody.Rehearse rehearse, Consumer<Report.Progress> progress) {
        effect("rehearse");
        effect("rehearsed");
        return FakeResults.passed(rehearse.plan());
    }

    @Override
    public List<String> changedSinceRehearsal(OrderId rehearsal, Plan plan, boolean accepted) {
        return rehearsedAsItIs ? List.of() : List.of("nginx was changed since the rehearsal");
    }

    @Override
    public boolean isSimulated(OrderId rehearsal) {
        return stillExact;
    }

    @Override
    public Optional<String> spaceMissing() {
        return Optional.empty();
    }

    @Override
    public void bringToDisk() throws IOException {
        effect("bring to disk");
        if (diskFails) {
            throw new IOException("Input/output error");
        }
        onDisk = Map.copyOf(packages.versions);
    }

    @Override
    public FakeEvidence evidence() {
        return evidence;
    }

    @Override
    public List<String> takeCheckpoint(String id, OrderId rehearsal) {
        effect("checkpoint");
        checkpoints.putIfAbsent(id, Map.copyOf(packages.versions));
        return List.of();
    }

    @Override
    public Optional<Plan> planOf(String checkpoint) {
        return checkpoints.containsKey(checkpoint) ? Optional.of(PLAN) : Optional.empty();
    }

    @Override
    public RestoreResult restore(String checkpoint) {
        effect("restore");
        Map<String, String> kept = checkpoints.get(checkpoint);
        if (kept == null) {
            throw new AssertionError("there is no checkpoint " + checkpoint);
        }
        if (isDiskFull()) {
            serviceDown = true;
            return FakeResults.restored(checkpoint, List.of("No space left on device"));
        }
        packages.putBack(kept);
        stale = !onlyConfigurationChanges;
        return FakeResults.restored(
                checkpoint,
                restoreFails ? List.of("/etc/nginx/nginx.conf is not as before") : List.of());
    }

    @Override
    public void pruneCheckpoints(List<String> needed) {
        effect("prune");
    }

    @Override
    public void keepBaseline(OrderId order, HealthSample baseline) {
        effect("keep baseline");
        baselines.put(order, baseline);
    }

    @Override
    public Optional<HealthSample> baseline(OrderId order) {
        return Optional.ofNullable(baselines.get(order));
    }

    @Override
    public void sweep() {
        actions.add("sweep");
    }

    /// What is left of the packages when the power fails.
    Map<String, String> onDisk() {
        return onDisk;
    }

    boolean runsOldFiles() {
        return stale;
    }
}
