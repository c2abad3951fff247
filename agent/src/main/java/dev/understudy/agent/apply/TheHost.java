package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.Checkpoint;
import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.checkpoint.Retention;
import dev.understudy.agent.effect.RebootNeed;
import dev.understudy.agent.effect.RestartFirmly;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.UrgeStops;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.HealthChecks;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.health.UnitFiles;
import dev.understudy.agent.hooks.Hooks;
import dev.understudy.agent.hooks.OwnerHooks;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.Known;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.packages.OldArchives;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.quarantine.Quarantine;
import dev.understudy.agent.rehearsal.StoredRehearsal;
import dev.understudy.agent.system.Kernels;
import dev.understudy.agent.system.Virtualization;
import dev.understudy.agent.triage.Evidence;
import dev.understudy.agent.triage.Triages;
import dev.understudy.agent.twin.KeptData;
import dev.understudy.agent.twin.TwinException;
import dev.understudy.agent.twin.Twins;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The host that the agent runs on.
public final class TheHost implements ManagedHost, Known {
    /// Less free than this on the system's or the agent's file system and nothing is begun.
    private static final long LEAST_FREE = 256L << 20;

    private static final String FORESEEN =
            "the checkpoint is of repacked packages: what maintainer scripts change beyond the"
                    + " packages' own files is brought back by running the former ones, not"
                    + " verified";

    private final Place place;
    private final PackageManager packages;
    private final OldArchives archives;
    private final Rehearser rehearser;
    private final Checkpoints checkpoints;
    private final Twins twins;
    private final Path dataFolder;
    private final Baselines baselines;
    private final Evidence evidence;
    private final Supplier<LocalPolicy> policy;
    private final Quarantine quarantine;

    public TheHost(
            Place place,
            PackageManager packages,
            OldArchives archives,
            Rehearser rehearser,
            Checkpoints checkpoints,
            Twins twins,
            Path dataFolder,
            Supplier<LocalPolicy> policy,
            Quarantine quarantine) {
        this.place = place;
        this.packages = packages;
        this.archives = archives;
        this.rehearser = rehearser;
        this.checkpoints = checkpoints;
        this.twins = twins;
        this.dataFolder = dataFolder;
        this.baselines = new Baselines(dataFolder.resolve("baselines"));
        this.evidence =
                new Triages(place, dataFolder.resolve("triage"), () -> policy.get().refuseTriage());
        this.policy = policy;
        this.quarantine = quarantine;
    }

    @Override
    public PackageManager packages() {
        return packages;
    }

    @Override
    public List<KeptData> keptData(Plan plan) throws IOException, InterruptedException {
        return KeptData.touchedBy(PutBack.names(plan), place);
    }

    @Override
    public Hooks hooks() {
        return new OwnerHooks(place);
    }

    @Override
    public HealthSample sample() throws InterruptedException {
        return HealthChecks.sample(place);
    }

    @Override
    public HealthSample sampleAgain(HealthSample before) throws InterruptedException {
        return HealthChecks.sampleAgain(place, before);
    }

    @Override
    public HealthSample sampleAfterRestart(HealthSample before) throws InterruptedException {
        return HealthChecks.sampleAfterRestart(place, before);
    }

    @Override
    public RestartStale.Outcome restartStale(Duration limit) throws InterruptedException {
        return new RestartStale(place).restart(limit);
    }

    @Override
    public List<String> rebootReasons(List<StaleProcess> stale) throws InterruptedException {
        boolean container = Virtualization.detect(place).container();
        return new RebootNeed(place).reasons(Kernels.of(place, container), stale);
    }

    @Override
    public boolean isAgent(StaleProcess process) {
        return process.unit().startsWith("understudy-agent");
    }

    @Override
    public RestartFirmly.Outcome restart(Duration limit, Collection<String> units)
            throws InterruptedException {
        return new RestartFirmly(place).restart(units, limit);
    }

    @Override
    public UrgeStops urgeStops() {
        return UrgeStops.ofAll(place);
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    @Override
    public Output systemctl(Duration limit, List<String> arguments) throws InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("systemctl"));
        command.addAll(arguments);
        return place.run(Command.of(command).within(limit));
    }

    @Override
    public UnitFiles.Packages behind(String unit) throws InterruptedException {
        return new UnitFiles(place).of(unit);
    }

    @Override
    public String runningKernel() {
        return Kernels.of(place, true).running();
    }

    @Override
    public RehearsalResult rehearse(
            OrderId order, OrderBody.Rehearse rehearse, Consumer<Report.Progress> progress)
            throws InterruptedException {
        return rehearser.rehearse(order, rehearse, progress);
    }

    @Override
    public Optional<String> notRehearsed(OrderId rehearsal, Plan plan, boolean accepted) {
        try {
            Optional<StoredRehearsal> stored = rehearser.find(rehearsal);
            if (stored.isEmpty()) {
                return Optional.of("this host has no rehearsal %s".formatted(rehearsal));
            }
            Verdict verdict = stored.get().verdict();
            boolean enough =
                    verdict == Verdict.PASSED || (accepted && verdict == Verdict.INCONCLUSIVE);
            if (!enough) {
                return Optional.of("the rehearsal %s ended as %s".formatted(rehearsal, verdict));
            }
            return stored.get().plan().digest().equals(plan.digest())
                    ? Optional.empty()
                    : Optional.of("the rehearsal %s was of another plan".formatted(rehearsal));
        } catch (IOException | CheckpointException e) {
            return Optional.of(
                    "the rehearsal %s cannot be read: %s".formatted(rehearsal, e.getMessage()));
        }
    }

    @Override
    public List<String> changedSinceRehearsal(OrderId rehearsal, Plan plan, boolean accepted)
            throws InterruptedException {
        Optional<String> obstacle = notRehearsed(rehearsal, plan, accepted);
        if (obstacle.isPresent()) {
            return List.of(obstacle.get());
        }
        try {
            return rehearser
                    .find(rehearsal)
                    .orElseThrow(() -> new IOException("it is gone"))
                    .changedSince(plan, place, packages);
        } catch (IOException | CheckpointException | PackageManagerException e) {
            return List.of(
                    "the rehearsal %s cannot be compared with the host: %s"
                            .formatted(rehearsal, e.getMessage()));
        }
    }

    @Override
    public boolean isSimulated(OrderId rehearsal) throws InterruptedException {
        try {
            Optional<StoredRehearsal> stored = rehearser.find(rehearsal);
            return stored.isPresent() && stored.get().isStillExact(packages);
        } catch (IOException | CheckpointException | PackageManagerException e) {
            Log.warn(
                    "rehearsal %s: whether it is exact is not known: %s",
                    rehearsal, e.getMessage());
            return false;
        }
    }

    @Override
    public Optional<String> quarantined(Plan plan) {
        return quarantine.refusal(plan);
    }

    @Override
    public boolean hasCheckpoint(String checkpoint) {
        return planOf(checkpoint).isPresent();
    }

    @Override
    public Optional<Plan> planOf(String checkpoint) {
        try {
            return checkpoints.find(checkpoint).map(Checkpoint::plan);
        } catch (IOException | CheckpointException e) {
            Log.warn("checkpoint %s cannot be read: %s", checkpoint, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> spaceMissing() {
        for (Path path : List.of(place.path("/usr"), place.path("/var/lib/dpkg"), dataFolder)) {
            try {
                long free = Files.getFileStore(path).getUsableSpace();
                if (free < LEAST_FREE) {
                    return Optional.of(
                            "only %d MB are free where %s is; %d MB are needed"
                                    .formatted(free >> 20, path, LEAST_FREE >> 20));
                }
            } catch (IOException e) {
                return Optional.of("the free space at %s cannot be told: %s".formatted(path, e));
            }
        }
        return Optional.empty();
    }

    @Override
    public void bringToDisk() throws IOException {
        Checkpoints.sync(place);
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }

    @Override
    public List<String> takeCheckpoint(String id, OrderId rehearsal)
            throws CheckpointException, InterruptedException {
        try {
            StoredRehearsal stored =
                    rehearser
                            .find(rehearsal)
                            .orElseThrow(() -> new IOException("the rehearsal is gone"));
            if (stored.changes().size() > 0) {
                checkpoints.take(
                        id, stored.plan(), stored.changes(), place, packages, stored.checkpoint());
                return List.of();
            }
            checkpoints.takeRepacked(
                    id, stored.plan(), place, packages, archives, List.of(dataFolder.toString()));
            List<String> notes = new ArrayList<>(List.of(FORESEEN));
            checkpoints.repacked(id).ifPresent(notes::addAll);
            return notes;
        } catch (IOException e) {
            throw new CheckpointException("the checkpoint cannot be taken: " + e.getMessage(), e);
        }
    }

    @Override
    public RestoreResult restore(String checkpoint)
            throws CheckpointException, InterruptedException {
        return checkpoints.restore(checkpoint, place, packages);
    }

    @Override
    public void pruneCheckpoints(List<String> needed) {
        LocalPolicy.Keep keep = policy.get().keep();
        Retention retention =
                new Retention(keep.checkpoints(), Duration.ofDays(keep.days()), keep.bytes());
        try {
            checkpoints
                    .prune(retention, Set.copyOf(needed))
                    .forEach(id -> Log.info("checkpoint %s was deleted, as the policy says", id));
            Set<String> kept = new HashSet<>(needed);
            kept.addAll(checkpoints.ids());
            baselines.keepOnly(kept);
        } catch (IOException e) {
            Log.warn("old checkpoints could not be deleted: %s", e.getMessage());
        }
    }

    @Override
    public void keepBaseline(OrderId order, HealthSample baseline) {
        baselines.keep(order, baseline);
    }

    @Override
    public Optional<HealthSample> baseline(OrderId order) {
        return baselines.find(order);
    }

    @Override
    public void sweep() throws InterruptedException {
        try {
            twins.sweep();
            checkpoints.sweep();
        } catch (TwinException | IOException e) {
            Log.error("what an earlier run left behind could not be removed: %s", e.getMessage());
        }
    }
}
