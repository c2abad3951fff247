package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.ChangeSet;
import dev.understudy.agent.checkpoint.Checkpoint;
import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.HealthChecks;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.twin.Boot;
import dev.understudy.agent.twin.DatabaseCopy;
import dev.understudy.agent.twin.Twin;
import dev.understudy.agent.twin.TwinException;
import dev.understudy.agent.twin.TwinSettings;
import dev.understudy.agent.twin.Twins;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// One rehearsal: simulate, download, twin, checks, patch, checks, soak, checks, undo, checks. What
/// the patch does wrong is a failure; what keeps us from finding out is a doubt.
final class Rehearsal {
    /// What one package is expected to write at most, in bytes, and the least for a whole plan.
    private static final long SPACE_PER_PACKAGE = 24L << 20;

    private static final long LEAST_SPACE = 256L << 20;
    private static final long MOST_SPACE = 3L << 30;

    /// Beyond this multiple of what was expected, a full disk is the patch's doing.
    private static final long EXCESS = 4;

    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(3);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration REMOVAL = Duration.ofMinutes(5);

    private final OrderId order;
    private final Plan plan;
    private final Duration soak;
    private final Path dataFolder;
    private final Place host;
    private final Twins twins;
    private final Function<Place, PackageManager> managers;
    private final List<Path> shared;
    private final InstantSource clock;
    private final Phases phases;
    private final Duration limit;
    private final Findings findings = new Findings();

    private List<PackageChange> extra = List.of();
    private ChangeSet changes = new ChangeSet(List.of(), 0);
    private List<InstalledPackage> packages = List.of();
    private Undo.Outcome undone = Undo.Outcome.NOT_TRIED;
    private String basis = "";
    private long bytes;

    Rehearsal(
            OrderId order,
            OrderBody.Rehearse body,
            Consumer<Report.Progress> progress,
            Path dataFolder,
            Place host,
            Twins twins,
            Function<Place, PackageManager> managers,
            List<Path> shared,
            InstantSource clock) {
        this.order = order;
        this.plan = body.plan();
        this.soak = body.soak();
        this.limit = body.limit();
        this.dataFolder = dataFolder;
        this.host = host;
        this.twins = twins;
        this.managers = managers;
        this.shared = shared;
        this.clock = clock;
        this.phases = new Phases(progress, body.limit());
    }

    RehearsalResult run(StoredRehearsals stored) throws InterruptedException {
        Checkpoints checkpoints = stored.checkpoints(order);
        PackageManager manager = managers.apply(host);
        // None of this changes the host, and none needs the other.
        try (Background<Optional<String>> _ = Background.start("twin-check", twins::unavailable);
                Exactness exactness = new Exactness(manager, plan);
                Background<HealthSample> sampling =
                        Background.start("host-checks", () -> HealthChecks.sample(host))) {
            phases.begin("download", plan.changes().size() + " packages");
            packages = manager.installed();
            DataNotes.of(plan, host).forEach(findings::note);
            if (!manager.hasArchives(plan)) {
                manager.download(plan, phases.left());
            }
            onTwin(manager, checkpoints, exactness, sampling);
        } catch (PackageManagerException | TwinException | IOException e) {
            doubt(e);
        }
        phases.begin("store", findings.verdict().name());
        try {
            store(stored, checkpoints);
        } catch (CheckpointException | IOException e) {
            doubt(e);
        }
        phases.end();
        return result();
    }

    private void doubt(Exception e) {
        findings.doubt("%s: %s".formatted(phases.current(), message(e)));
    }

    private boolean download(PackageManager manager)
            throws PackageManagerException, InterruptedException {
        manager.download(plan, phases.left());
        return true;
    }

    private boolean isExact(Exactness exactness)
            throws PackageManagerException, InterruptedException {
        phases.begin("simulate", "");
        Exactness.Outcome outcome = exactness.outcome();
        extra = outcome.extra();
        basis = outcome.basis();
        outcome.doubts().forEach(findings::doubt);
        return outcome.exact();
    }

    private void onTwin(
            PackageManager manager,
            Checkpoints checkpoints,
            Exactness exactness,
            Background<HealthSample> sampling)
            throws TwinException, IOException, InterruptedException {
        phases.begin("twin", "");
        TwinSettings settings =
                new TwinSettings(expectedSpace(), limit.plus(REMOVAL), shared, LONGEST_PAUSE);
        try (Twin twin = twins.create(settings)) {
            phases.within("twin creation", twin.creation());
            // That the archives are whole is checked while the twin boots.
            try (Background<Boolean> downloading =
                    Background.start("download", () -> download(manager))) {
                rehearse(twin, exactness, sampling, downloading, checkpoints);
            } catch (PackageManagerException
                    | TwinException
                    | CheckpointException
                    | IOException e) {
                doubt(e);
            } finally {
                phases.begin("remove twin", "");
            }
        }
    }

    private void rehearse(
            Twin twin,
            Exactness exactness,
            Background<HealthSample> sampling,
            Background<Boolean> downloading,
            Checkpoints checkpoints)
            throws TwinException,
                    PackageManagerException,
                    CheckpointException,
                    IOException,
                    InterruptedException {
        databases(twin);
        phases.begin("boot", leftOut(twin));
        Boot boot = twin.boot(shorter(BOOT_LIMIT));
        phases.begin("baseline", boot.state());
        HealthSample onHost = sampling.get();
        HealthSample baseline = HealthChecks.sampleAfterBoot(twin, onHost);
        phases.begin("host checks", "");
        findings.checks(
                new Baseline(onHost, baseline).shortfalls(twin.masked(), twin), "Before the patch");
        phases.begin("archives", "");
        downloading.get(PackageManagerException.class);
        try (PatchChanges patch =
                PatchChanges.before(order, plan, host, twin, managers, checkpoints, dataFolder)) {
            phases.begin("apply", plan.changes().size() + " packages");
            exactness.begin();
            Optional<PackageManagerException> failure = apply(twin);
            bytes = twin.bytes();
            if (!isExact(exactness)) {
                return;
            }
            if (failure.isPresent()) {
                blame(failure.get(), twin);
            } else {
                judge(twin, baseline, patch, checkpoints);
            }
        }
        bytes = Math.max(bytes, twin.bytes());
        twin.memoryKills()
                .filter(kills -> kills > 0)
                .ifPresent(
                        kills ->
                                findings.doubt(
                                        "The twin ran out of memory: %d processes were killed"
                                                .formatted(kills)));
        if (phases.isOver()) {
            findings.doubt("The rehearsal took longer than %d s".formatted(limit.toSeconds()));
        }
    }

    /// Checks the patched twin, undoes the patch, and checks again.
    private void judge(
            Twin twin, HealthSample baseline, PatchChanges patch, Checkpoints checkpoints)
            throws PackageManagerException, CheckpointException, IOException, InterruptedException {
        List<String> beside = twin.writtenBesideLayers();
        if (!beside.isEmpty()) {
            findings.doubt(
                    "The patch writes %s, which an undo does not put back"
                            .formatted(String.join(", ", beside)));
        }
        patch.save();
        phases.begin("restart", "");
        restartStale(twin, "After the patch");
        phases.begin("checks", "");
        findings.checks(
                HealthChecks.compare(baseline, HealthChecks.sampleAfterRestart(twin, baseline)),
                "After the patch");
        if (!soak.isZero()) {
            phases.begin("soak", soak.toSeconds() + " s");
            Thread.sleep(shorter(soak));
            phases.begin("checks after soak", "");
            findings.checks(
                    HealthChecks.compare(baseline, HealthChecks.sampleAgain(twin, baseline)),
                    "After the soak");
        }
        phases.begin("changes", "");
        ChangeSet all = patch.now();
        phases.begin("checkpoint", all.size() + " paths");
        changes = patch.saved(all);
        undo(twin, baseline, patch, checkpoints);
    }

    private void databases(Twin twin) {
        List<CheckResult> unknown = new ArrayList<>();
        for (DatabaseCopy copy : twin.databases()) {
            if (copy instanceof DatabaseCopy.NotCopied not) {
                unknown.add(
                        new CheckResult(
                                "database",
                                not.unit(),
                                Health.UNKNOWN,
                                "%s cannot be judged, since its data cannot be copied: %s"
                                        .formatted(not.unit(), not.reason())));
            }
        }
        findings.checks(unknown, "Before the patch");
    }

    private Optional<PackageManagerException> apply(Twin twin) throws InterruptedException {
        try {
            managers.apply(twin).apply(plan, phases.left());
            return Optional.empty();
        } catch (PackageManagerException e) {
            return Optional.of(e);
        }
    }

    /// What a failed installation in the twin says of the patch.
    private void blame(PackageManagerException e, Twin twin) throws IOException {
        long expected = expectedSpace();
        boolean full = message(e).contains("No space left on device");
        if (full && bytes < EXCESS * expected) {
            findings.doubt(
                    "The twin is too small: it was full with %d MiB written"
                            .formatted(bytes >> 20));
        } else if (message(e).contains("Read-only file system") && !twin.leftOut().isEmpty()) {
            findings.doubt(
                    "The patch writes to what is read-only in the twin (%s): %s"
                            .formatted(String.join(", ", twin.leftOut()), message(e)));
        } else if (e.wasKilled()) {
            findings.doubt("The package manager was killed: " + message(e));
        } else {
            findings.failed("The patch cannot be installed: " + message(e));
        }
    }

    private void restartStale(Twin twin, String moment) throws InterruptedException {
        RestartStale.Outcome outcome = new RestartStale(twin).restart(shorter(RESTART_LIMIT));
        outcome.failed().forEach(unit -> findings.failed(moment + ": " + unit));
        outcome.killed().forEach(unit -> findings.failed(moment + ": " + unit));
    }

    /// Restores the host's files in the twin as an undo on the host would, and compares the result
    /// with the host itself.
    private void undo(Twin twin, HealthSample baseline, PatchChanges patch, Checkpoints checkpoints)
            throws CheckpointException, IOException, InterruptedException {
        phases.begin("undo", "");
        RestoreResult restored = checkpoints.restore(order.toString(), twin, managers.apply(twin));
        restored.reasons().forEach(reason -> findings.failed("The undo is incomplete: " + reason));
        restartStale(twin, "After the undo");
        phases.begin("undo checks", "");
        try (Background<Undo.Outcome> comparing =
                Background.start(
                        "compare", () -> new Undo(host, twin, changes, restored).compare(patch))) {
            findings.checks(
                    HealthChecks.compare(baseline, HealthChecks.sampleAfterRestart(twin, baseline)),
                    "After the undo");
            phases.begin("compare", "");
            undone = comparing.get(IOException.class);
        }
        undone.complaint().filter(_ -> restored.complete()).ifPresent(findings::failed);
    }

    private void store(StoredRehearsals stored, Checkpoints checkpoints)
            throws IOException, CheckpointException {
        Verdict verdict = findings.verdict();
        if (verdict != Verdict.PASSED) {
            checkpoints.delete(order.toString());
        }
        Optional<Checkpoint> checkpoint = checkpoints.find(order.toString());
        stored.save(
                new StoredRehearsal(
                        order,
                        clock.instant(),
                        plan,
                        verdict,
                        changes,
                        packages,
                        StoredRehearsal.configurationOf(host, changes),
                        basis,
                        checkpoint));
    }

    private RehearsalResult result() {
        return new RehearsalResult(
                findings.verdict(),
                plan.digest(),
                findings.reasons(),
                findings.notHealthy(),
                findings.healthy(),
                changes.size(),
                changes.configurationPaths(),
                extra,
                undone.versionsDiffering(),
                List.copyOf(undone.pathsDiffering().keySet()),
                bytes,
                phases.times());
    }

    private long expectedSpace() {
        long expected = LEAST_SPACE + SPACE_PER_PACKAGE * plan.changes().size();
        return Math.min(expected, MOST_SPACE);
    }

    private Duration shorter(Duration wanted) {
        Duration left = phases.left();
        return wanted.compareTo(left) < 0 ? wanted : left;
    }

    private static String leftOut(Twin twin) {
        return twin.leftOut().isEmpty() ? "" : "without " + String.join(", ", twin.leftOut());
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
