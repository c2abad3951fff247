package dev.understudy.agent.apply;

import dev.understudy.agent.effect.RestartFirmly;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.UrgeStops;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.hooks.Hooks;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.packages.Upgrades;
import dev.understudy.agent.twin.KeptData;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A host in memory whose agent can be killed before any of its effects. What is kept here is what
/// the disk would keep.
final class FakeHost implements ManagedHost, PackageManager {
    /// The agent process ends here.
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    static final Plan PLAN =
            new Plan(
                    List.of(
                            new PackageChange("libssl3", "amd64", "3.0.16", "3.0.17"),
                            new PackageChange("nginx", "amd64", "1.22.1", "1.22.2"),
                            new PackageChange("openssl", "amd64", "3.0.16", "3.0.17")));

    final Map<String, String> versions = new TreeMap<>();
    private final Map<String, Map<String, String>> checkpoints = new HashMap<>();
    private final Map<OrderId, HealthSample> baselines = new HashMap<>();
    final List<String> actions = new ArrayList<>();
    private String halfInstalled = "";
    private Map<String, String> onDisk = Map.of();
    private boolean stale;
    boolean killIsLossOfPower;

    /// The service of the patched package: what it was started by, and whether it then read files
    /// of the patch, which it goes on with.
    private String started = "boot-1";

    boolean readPatched;
    int killAt = Integer.MAX_VALUE;
    int effects;
    boolean healthyAfterPatch = true;
    boolean postinstFails;
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
    List<PackageChange> simulated = PLAN.changes();
    int simulations;
    String bootId = "boot-1";
    final FakeEvidence evidence = new FakeEvidence(this::effect);

    FakeHost() {
        PLAN.changes().forEach(change -> versions.put(change.name(), from(change)));
    }

    static String from(PackageChange change) {
        return java.util.Objects.requireNonNull(change.from());
    }

    static String to(PackageChange change) {
        return java.util.Objects.requireNonNull(change.to());
    }

    boolean isOld() {
        return halfInstalled.isEmpty()
                && PLAN.changes().stream().allMatch(c -> from(c).equals(versions.get(c.name())));
    }

    boolean isNew() {
        return halfInstalled.isEmpty()
                && PLAN.changes().stream().allMatch(c -> to(c).equals(versions.get(c.name())));
    }

    /// Whether the owner has hooks, and which of them fail.
    boolean hooked;

    boolean drainFails;
    boolean undrainFails;
    boolean drained;

    /// Data that the plan touches, and whether its owner has a hook, and whether that fails.
    final List<KeptData> keptData = new ArrayList<>();

    boolean backsUp;
    boolean backupFails;

    @Override
    public List<KeptData> keptData(Plan plan) {
        return keptData;
    }

    @Override
    public Hooks hooks() {
        return new Hooks() {
            @Override
            public boolean present() {
                return hooked;
            }

            @Override
            public Optional<String> drain(OrderId order) {
                effect("drain");
                drained = true;
                return drainFails ? Optional.of("the hook drain failed") : Optional.empty();
            }

            @Override
            public Optional<String> undrain(OrderId order) {
                effect("undrain");
                drained = undrainFails;
                return undrainFails ? Optional.of("the hook undrain failed") : Optional.empty();
            }

            @Override
            public boolean backsUp() {
                return backsUp;
            }

            @Override
            public Optional<String> backup(OrderId order, List<String> units, Duration limit) {
                effect("backup " + String.join(" ", units));
                return backupFails ? Optional.of("the hook backup failed") : Optional.empty();
            }
        };
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
    }

    @Override
    public PackageManager packages() {
        return this;
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
        onDisk = Map.copyOf(versions);
    }

    @Override
    public FakeEvidence evidence() {
        return evidence;
    }

    @Override
    public List<String> takeCheckpoint(String id, OrderId rehearsal) {
        effect("checkpoint");
        checkpoints.putIfAbsent(id, Map.copyOf(versions));
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
        for (Map.Entry<String, String> one : kept.entrySet()) {
            versions.put(one.getKey(), one.getValue());
            effect("put back " + one.getKey());
        }
        halfInstalled = "";
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

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<InstalledPackage> installed() {
        return versions.entrySet().stream()
                .map(
                        e ->
                                new InstalledPackage(
                                        e.getKey(),
                                        "amd64",
                                        e.getValue(),
                                        e.getKey(),
                                        e.getValue(),
                                        "ii"))
                .toList();
    }

    @Override
    public Upgrades upgrades() {
        return new Upgrades(List.of(), List.of());
    }

    @Override
    public String basis() {
        return "";
    }

    @Override
    public Optional<Instant> metadataAsOf() {
        return Optional.empty();
    }

    @Override
    public void refresh(Duration limit) {
        effect("refresh");
    }

    @Override
    public List<PackageChange> simulate(Plan plan) {
        simulations++;
        return simulated;
    }

    @Override
    public boolean hasArchives(Plan plan) {
        return true;
    }

    @Override
    public void download(Plan plan, Duration limit) {
        effect("download");
    }

    @Override
    public List<String> apply(Plan plan, Duration limit) throws PackageManagerException {
        for (PackageChange change : plan.changes()) {
            effect("unpack " + change.name());
            halfInstalled = change.name();
            versions.put(change.name(), to(change));
            effect("configure " + change.name());
            if (postinstFails && change.name().equals("nginx")) {
                throw new PackageManagerException("the postinst of nginx failed");
            }
            halfInstalled = "";
        }
        // The postinst of nginx restarts it.
        start();
        stale = !onlyConfigurationChanges;
        return List.of();
    }

    @Override
    public void repair(Duration limit) throws PackageManagerException {
        effect("repair");
        if (postinstFails && halfInstalled.equals("nginx")) {
            throw new PackageManagerException("the postinst of nginx failed again");
        }
        halfInstalled = "";
    }

    @Override
    public List<String> inconsistencies() {
        return halfInstalled.isEmpty() ? List.of() : List.of(halfInstalled + " is not configured");
    }

    /// What is left of the packages when the power fails.
    Map<String, String> onDisk() {
        return onDisk;
    }

    boolean runsOldFiles() {
        return stale;
    }
}
