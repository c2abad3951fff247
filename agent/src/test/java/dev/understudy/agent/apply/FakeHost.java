package dev.understudy.agent.apply;

import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.packages.Upgrades;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    int killAt = Integer.MAX_VALUE;
    int effects;
    boolean healthyAfterPatch = true;
    boolean postinstFails;
    boolean restoreFails;
    boolean needsReboot;
    boolean diskFails;
    List<String> unexamined = List.of();
    boolean rehearsedAsItIs = true;
    boolean stillExact;
    List<PackageChange> simulated = PLAN.changes();
    int simulations;
    String bootId = "boot-1";

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

    private synchronized void effect(String name) {
        if (effects++ == killAt) {
            throw new Killed();
        }
        actions.add(name);
    }

    @Override
    public PackageManager packages() {
        return this;
    }

    @Override
    public HealthSample sample() {
        effect("sample");
        boolean sick = !healthyAfterPatch && !isOld();
        return new HealthSample(
                true,
                true,
                List.of(),
                List.of(),
                List.of(
                        new HealthSample.Answer(
                                "127.0.0.1", 80, "nginx", sick ? "http 500" : "http 200")),
                List.of(),
                List.of(),
                List.of());
    }

    @Override
    public RestartStale.Outcome restartStale(Duration limit) {
        effect("restart");
        stale = false;
        return new RestartStale.Outcome(
                List.of("nginx.service"), List.of(), List.of(), List.of(), unexamined);
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
    final java.util.Map<String, String> unitOwners = new java.util.HashMap<>();

    @Override
    public dev.understudy.agent.health.UnitFiles.Packages behind(String unit) {
        String owner = unitOwners.get(unit);
        return new dev.understudy.agent.health.UnitFiles.Packages(
                owner == null ? java.util.Set.of() : java.util.Set.of(owner), java.util.Set.of());
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
        return new RehearsalResult(
                RehearsalResult.Verdict.PASSED,
                rehearse.plan().digest(),
                List.of(),
                List.of(),
                1,
                1,
                List.of(),
                List.of(),
                0,
                List.of(),
                0,
                List.of());
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
    public List<String> takeCheckpoint(String id, OrderId rehearsal) {
        effect("checkpoint");
        checkpoints.putIfAbsent(id, Map.copyOf(versions));
        return List.of();
    }

    @Override
    public RestoreResult restore(String checkpoint) {
        effect("restore");
        Map<String, String> kept = checkpoints.get(checkpoint);
        if (kept == null) {
            throw new AssertionError("there is no checkpoint " + checkpoint);
        }
        for (Map.Entry<String, String> one : kept.entrySet()) {
            versions.put(one.getKey(), one.getValue());
            effect("put back " + one.getKey());
        }
        halfInstalled = "";
        stale = true;
        return new RestoreResult(
                !restoreFails,
                checkpoint,
                restoreFails ? List.of("/etc/nginx/nginx.conf is not as before") : List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
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
        stale = true;
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
