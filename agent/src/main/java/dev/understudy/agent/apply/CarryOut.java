package dev.understudy.agent.apply;

import dev.understudy.agent.effect.RestartFirmly;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.orders.Attempt;
import dev.understudy.agent.orders.Step;
import dev.understudy.agent.orders.Work;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/// Carries out each kind of order on the host.
public final class CarryOut implements Work {
    private static final Duration REFRESH_LIMIT = Duration.ofMinutes(10);
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(5);
    private static final Duration REBOOT_LIMIT = Duration.ofMinutes(15);
    private static final int MOST_REHEARSALS = 2;
    private static final int MOST_REBOOTS = 2;

    private final ManagedHost host;
    private final BooleanSupplier ownerAllowsReboot;
    private final Lock packageLists;

    /// @param packageLists held while an order runs, so that the lists do not change under it
    public CarryOut(ManagedHost host, BooleanSupplier ownerAllowsReboot, Lock packageLists) {
        this.host = host;
        this.ownerAllowsReboot = ownerAllowsReboot;
        this.packageLists = packageLists;
    }

    @Override
    public void sweep() throws InterruptedException {
        host.sweep();
    }

    @Override
    public Report carryOut(Attempt attempt) throws InterruptedException {
        packageLists.lockInterruptibly();
        try {
            return switch (attempt.body()) {
                case OrderBody.Refresh _ -> refresh();
                case OrderBody.Rehearse rehearse -> rehearse(attempt, rehearse);
                case OrderBody.Apply apply -> apply(attempt, apply);
                case OrderBody.Restore restore -> restore(attempt, restore);
                case OrderBody.RestartUnits restart -> restart(attempt, restart);
                case OrderBody.Reboot _ -> reboot(attempt);
            };
        } finally {
            packageLists.unlock();
        }
    }

    @Override
    public Report giveUp(Attempt attempt, String why) throws InterruptedException {
        return switch (attempt.body()) {
            case OrderBody.Apply apply ->
                    new Report.Applied(new ApplyPlan(host, attempt, apply, false).giveUp(why));
            case OrderBody.Restore restore -> {
                List<String> reasons = new ArrayList<>(List.of(why));
                new Drain(host, attempt).back().ifPresent(reasons::add);
                yield new Report.Restored(incomplete(restore, reasons));
            }
            case OrderBody.Refresh _,
                    OrderBody.Rehearse _,
                    OrderBody.RestartUnits _,
                    OrderBody.Reboot _ ->
                    new Report.Failed(why);
        };
    }

    private Report refresh() throws InterruptedException {
        try {
            host.packages().refresh(REFRESH_LIMIT);
            return new Report.Refreshed(host.packages().pending().size());
        } catch (PackageManagerException e) {
            return new Report.Failed(said(e));
        }
    }

    private Report rehearse(Attempt attempt, OrderBody.Rehearse rehearse)
            throws InterruptedException {
        if (attempt.number() > MOST_REHEARSALS) {
            return new Report.Failed(
                    "the rehearsal was interrupted %d times".formatted(MOST_REHEARSALS));
        }
        return new Report.Rehearsed(
                host.rehearse(
                        attempt.id(),
                        rehearse,
                        progress -> attempt.progress(progress.phase(), progress.detail())));
    }

    private Report apply(Attempt attempt, OrderBody.Apply apply) throws InterruptedException {
        Report report =
                new ApplyPlan(host, attempt, apply, ownerAllowsReboot.getAsBoolean()).carryOut();
        host.pruneCheckpoints(List.of(attempt.id().toString()));
        return report;
    }

    /// A host that its owner's hook does not take out of service is put back all the same. The
    /// health that a restore is held against is that from before the apply that it undoes, if that
    /// is kept.
    private Report restore(Attempt attempt, OrderBody.Restore restore) throws InterruptedException {
        Optional<Report.Refused> refused = refused(attempt, Step.RESTORE);
        if (refused.isPresent()) {
            return refused.get();
        }
        Phases phases = new Phases();
        Drain drain = new Drain(host, attempt);
        List<String> notes = new ArrayList<>();
        if (attempt.earlier(Step.RESTORE).isEmpty()) {
            drain.out().ifPresent(why -> notes.add("put back in service: " + why));
        }
        Optional<HealthSample> before = baselineOf(restore.checkpoint());
        if (before.isEmpty() && attempt.earlier(Step.RESTORE).isEmpty()) {
            host.keepBaseline(attempt.id(), host.sample());
        }
        attempt.reach(Step.RESTORE, restore.checkpoint());
        Set<String> patched =
                host.planOf(restore.checkpoint()).map(PutBack::names).orElse(Set.of());
        PutBack.Result back =
                new PutBack(host, patched)
                        .putBack(
                                restore.checkpoint(), before.or(() -> host.baseline(attempt.id())));
        phases.ended("restore");
        Optional<String> out = drain.back();
        List<String> reasons = new ArrayList<>(back.problems());
        out.ifPresent(reasons::add);
        RestoreResult restored = back.restored();
        if (restored == null) {
            return new Report.Restored(incomplete(restore, reasons));
        }
        reasons.addAll(back.notes());
        reasons.addAll(notes);
        return new Report.Restored(
                new RestoreResult(
                        back.whole() && out.isEmpty(),
                        restore.checkpoint(),
                        reasons,
                        restored.versionsDiffering(),
                        restored.pathsDiffering(),
                        back.health().wrong(),
                        phases.all()));
    }

    /// Why an order that waited for the package lists may not be begun any more; empty if it may,
    /// or has been.
    private static Optional<Report.Refused> refused(Attempt attempt, Step first) {
        boolean begun =
                attempt.earlier(first).isPresent() || attempt.earlier(Step.DRAIN).isPresent();
        return begun ? Optional.empty() : attempt.changeRefused();
    }

    private Optional<HealthSample> baselineOf(String checkpoint) {
        try {
            return host.baseline(dev.understudy.protocol.OrderId.of(checkpoint));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static RestoreResult incomplete(OrderBody.Restore restore, List<String> reasons) {
        return new RestoreResult(
                false, restore.checkpoint(), reasons, List.of(), List.of(), List.of(), List.of());
    }

    private Report restart(Attempt attempt, OrderBody.RestartUnits restart)
            throws InterruptedException {
        Optional<Report.Refused> refused = refused(attempt, Step.RESTART);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (attempt.earlier(Step.RESTART).isEmpty()) {
            host.keepBaseline(attempt.id(), host.sample());
        }
        attempt.reach(Step.RESTART, String.join(" ", restart.units()));
        List<CheckResult> checks = new ArrayList<>();
        for (String unit : restart.units()) {
            RestartFirmly.Outcome restarted = host.restart(RESTART_LIMIT, List.of(unit));
            Output output = restarted.output();
            String how = String.join("; ", restarted.killed());
            checks.add(
                    new CheckResult(
                            "restart",
                            unit,
                            output.succeeded()
                                    ? CheckResult.Health.HEALTHY
                                    : CheckResult.Health.UNHEALTHY,
                            output.succeeded()
                                    ? how.isEmpty() ? "restarted" : "restarted; " + how
                                    : output.tail()));
        }
        Optional<HealthSample> before = host.baseline(attempt.id());
        if (before.isPresent()) {
            checks.addAll(
                    Health.compare(before.get(), host.sampleAfterRestart(before.get())).wrong());
        } else {
            checks.add(
                    new CheckResult(
                            "sample",
                            "host",
                            CheckResult.Health.UNKNOWN,
                            "the sample from before is lost"));
        }
        return new Report.UnitsRestarted(checks);
    }

    private Report reboot(Attempt attempt) throws InterruptedException {
        if (attempt.rebootedSince(Step.REBOOT)) {
            return new Report.Rebooted(host.runningKernel());
        }
        if (attempt.timesReached(Step.REBOOT) >= MOST_REBOOTS) {
            return new Report.Failed("the host was told to reboot and did not");
        }
        Optional<Report.Refused> refused = refused(attempt, Step.REBOOT);
        if (refused.isPresent()) {
            return refused.get();
        }
        attempt.reach(Step.REBOOT, "ordered");
        Output output = host.systemctl(Duration.ofMinutes(1), List.of("reboot"));
        if (!output.succeeded()) {
            return new Report.Failed("the reboot failed: " + output.tail());
        }
        Thread.sleep(REBOOT_LIMIT);
        return new Report.Failed("the host was told to reboot and did not");
    }

    private static String said(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
