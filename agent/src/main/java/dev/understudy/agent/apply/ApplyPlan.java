package dev.understudy.agent.apply;

import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.UrgeStops;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.Attempt;
import dev.understudy.agent.orders.Step;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One plan on its way onto the host: preconditions, baseline, checkpoint, install, restart,
/// checks, soak, checks, effect; whatever fails after the install began leads to the checkpoint.
/// Taken up after a crash, it goes on from the furthest step in the journal: a plan that turns out
/// to be wholly installed is verified, one that is not is driven forward once, then undone; one
/// whose installation ended with the host is undone, since nobody knows what was on the disk; an
/// undo is done again until it is whole.
final class ApplyPlan {
    private static final Duration REPAIR_LIMIT = Duration.ofMinutes(5);
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(5);
    private static final Duration REBOOT_LIMIT = Duration.ofMinutes(15);
    private static final int MOST_REBOOTS = 2;

    private final ManagedHost host;
    private final Attempt attempt;
    private final OrderBody.Apply order;
    private final Plan plan;
    private final boolean mayReboot;
    private final String checkpoint;
    private final Phases phases = new Phases();
    private final List<String> notes = new ArrayList<>();
    private final Clues clues;
    private final SecureFirst secureFirst;
    private final Drain drain;
    private final Prepare prepare;

    ApplyPlan(ManagedHost host, Attempt attempt, OrderBody.Apply order, boolean ownerAllowsReboot) {
        this.host = host;
        this.attempt = attempt;
        this.order = order;
        this.plan = order.plan();
        this.mayReboot = ownerAllowsReboot && order.reboot() == RebootPolicy.WHEN_NEEDED;
        this.checkpoint = attempt.id().toString();
        this.clues = new Clues(host, plan);
        this.secureFirst = new SecureFirst(host, attempt, order);
        this.drain = new Drain(host, attempt);
        this.prepare = new Prepare(host, attempt, order, phases, secureFirst, drain);
    }

    /// Brings the plan to its end. Where the host may not be changed any more before anything was,
    /// the order is refused.
    Report carryOut() throws InterruptedException {
        ApplyResult result = drain.inService(steps(), clues);
        return result.outcome() == Outcome.NOT_STARTED && prepare.refused().isPresent()
                ? prepare.refused().get()
                : new Report.Applied(result);
    }

    private ApplyResult steps() throws InterruptedException {
        if (attempt.earlier(Step.RESTORE).isPresent()) {
            clues.ofHost("The undo was interrupted and done again.");
            return undo(List.of(attempt.earlier(Step.RESTORE).get().detail()));
        }
        if (attempt.earlier(Step.VERIFY).isPresent()) {
            return verify();
        }
        if (attempt.earlier(Step.INSTALL).isPresent()) {
            return takeUp();
        }
        if (drain.begun()) {
            return notStarted(
                    List.of("interrupted when the host was out of service and not yet changed"));
        }
        return start();
    }

    /// How the order ends that was interrupted too often.
    ApplyResult giveUp(String why) throws InterruptedException {
        return drain.inService(givenUp(why), clues);
    }

    private ApplyResult givenUp(String why) {
        if (attempt.earlier(Step.INSTALL).isEmpty()) {
            return result(Outcome.NOT_STARTED, List.of(why), Health.of(List.of()), List.of());
        }
        clues.ofHost(why);
        return result(
                Outcome.BROKEN,
                List.of(why, "its last step was " + furthest()),
                Health.of(List.of()),
                List.of());
    }

    private String furthest() {
        return attempt.earlier(Step.RESTORE).isPresent()
                ? "the restore of checkpoint " + checkpoint
                : attempt.earlier(Step.VERIFY).isPresent() ? "the checks" : "the installation";
    }

    private ApplyResult start() throws InterruptedException {
        attempt.progress("preconditions", accepted());
        List<String> obstacles = prepare.obstacles();
        notes.addAll(prepare.notes());
        if (!obstacles.isEmpty()) {
            return notStarted(obstacles);
        }
        attempt.reach(Step.INSTALL, "%d package changes".formatted(plan.changes().size()));
        return install();
    }

    private String accepted() {
        OrderBody.Acceptance acceptance = order.acceptedWithoutRehearsal();
        return acceptance == null
                ? ""
                : "accepted without a passed rehearsal by %s: %s"
                        .formatted(acceptance.person(), acceptance.reason());
    }

    private ApplyResult notStarted(List<String> reasons) {
        return result(Outcome.NOT_STARTED, reasons, Health.of(List.of()), List.of());
    }

    private ApplyResult install() throws InterruptedException {
        attempt.progress("apply", "%d package changes".formatted(plan.changes().size()));
        List<String> faults = new ArrayList<>();
        try (UrgeStops _ = host.urgeStops()) {
            host.packages()
                    .apply(plan, order.limit())
                    .forEach(kept -> notes.add("the owner's configuration was kept: " + kept));
        } catch (PackageManagerException e) {
            faults.add(String.valueOf(e.getMessage()));
            clues.ofInstallation(e);
        }
        phases.ended("apply");
        List<String> missing = EndState.missing(host.packages(), plan);
        if (missing.isEmpty()) {
            return verify();
        }
        faults.addAll(missing);
        return driveForward(faults);
    }

    /// After an interruption in the middle of the installation: nobody knows how far it came but
    /// the package database.
    private ApplyResult takeUp() throws InterruptedException {
        attempt.progress("apply", "taken up after an interruption");
        clues.ofHost("The installation was interrupted.");
        if (attempt.rebootedSince(Step.INSTALL)) {
            // dpkg installs a new configuration file without having brought it to the disk, and
            // would go on with what a loss of power left of it.
            return undo(List.of("the host was restarted while it was installed"));
        }
        List<String> missing = EndState.missing(host.packages(), plan);
        if (missing.isEmpty()) {
            return verify();
        }
        if (attempt.timesReached(Step.INSTALL) > 1) {
            return undo(prefixed("interrupted twice while it was installed", missing));
        }
        attempt.reach(Step.INSTALL, "again, after an interruption");
        return driveForward(prefixed("interrupted while it was installed", missing));
    }

    private ApplyResult driveForward(List<String> faults) throws InterruptedException {
        attempt.progress("repair", faults.getFirst());
        Duration limit = shorter(order.limit(), REPAIR_LIMIT);
        try (UrgeStops _ = host.urgeStops()) {
            host.packages().repair(limit);
            if (!EndState.missing(host.packages(), plan).isEmpty()) {
                host.packages().apply(plan, limit);
            }
        } catch (PackageManagerException e) {
            Log.warn("order %s: the repair failed: %s", attempt.id(), e.getMessage());
        }
        phases.ended("repair");
        List<String> missing = EndState.missing(host.packages(), plan);
        if (missing.isEmpty()) {
            return verify();
        }
        clues.ofUnfinished(faults);
        return undo(faults);
    }

    private ApplyResult verify() throws InterruptedException {
        Optional<HealthSample> baseline = host.baseline(attempt.id());
        if (baseline.isEmpty()) {
            clues.ofHost("The sample from before the patch was lost.");
            return undo(List.of("the sample from before is lost, so health cannot be compared"));
        }
        try {
            host.bringToDisk();
        } catch (IOException e) {
            return undo(List.of("what was installed cannot be brought to the disk: " + e));
        }
        attempt.reach(Step.VERIFY, "");
        RestartStale.Outcome restarts = host.restartStale(RESTART_LIMIT);
        notes.addAll(restarts.killed());
        phases.ended("restart");
        Health health = Health.compare(baseline.get(), host.sampleAfterRestart(baseline.get()));
        phases.ended("checks");
        if (health.good() && !order.soak().isZero()) {
            attempt.progress("soak", order.soak().toString());
            Thread.sleep(shorter(order.soak(), order.limit()));
            phases.ended("soak");
            health = Health.compare(baseline.get(), host.sampleAgain(baseline.get()));
            phases.ended("checks after soak");
        }
        if (!health.good() || !restarts.failed().isEmpty()) {
            List<String> faults = new ArrayList<>(restarts.failed());
            faults.addAll(health.sentences());
            clues.ofUnits(restarts.failed(), baseline.get());
            clues.ofHealth(baseline.get(), health.wrong());
            return undo(faults);
        }
        return effect(restarts, health);
    }

    private ApplyResult effect(RestartStale.Outcome restarts, Health health)
            throws InterruptedException {
        List<StaleProcess> stale =
                restarts.stale().stream().filter(process -> !host.isAgent(process)).toList();
        List<String> reboot = host.rebootReasons(stale);
        if (stale.isEmpty() && reboot.isEmpty() && restarts.unexamined().isEmpty()) {
            return result(Outcome.IN_EFFECT, List.of(), health, List.of(), stale);
        }
        long reboots = attempt.timesReached(Step.REBOOT);
        if (mayReboot
                && !reboot.isEmpty()
                && reboots < MOST_REBOOTS
                && attempt.changeRefused().isEmpty()) {
            return reboot(reboot, health, stale);
        }
        List<String> reasons = new ArrayList<>(reboot);
        restarts.left().stream()
                .filter(left -> !left.contains("the agent itself"))
                .filter(left -> reboot.isEmpty() || !left.endsWith("without a reboot"))
                .forEach(reasons::add);
        restarts.unexamined().stream()
                .map(process -> process + " could not be examined for replaced files")
                .forEach(reasons::add);
        if (reasons.isEmpty()) {
            stale.forEach(process -> reasons.add(process.command() + " still runs replaced files"));
        }
        return result(Outcome.NOT_IN_EFFECT, reasons, health, reboot, stale);
    }

    /// Does not return if the reboot happens: the next agent process takes the order up again.
    private ApplyResult reboot(List<String> why, Health health, List<StaleProcess> stale)
            throws InterruptedException {
        attempt.progress("reboot", why.getFirst());
        attempt.reach(Step.REBOOT, why.getFirst());
        Output output = host.systemctl(Duration.ofMinutes(1), List.of("reboot"));
        if (output.succeeded()) {
            Thread.sleep(REBOOT_LIMIT);
        }
        List<String> reasons = new ArrayList<>(why);
        reasons.add(
                output.succeeded()
                        ? "the host was told to reboot and did not"
                        : "the reboot failed: " + output.tail());
        return result(Outcome.NOT_IN_EFFECT, reasons, health, why, stale);
    }

    private ApplyResult undo(List<String> faults) throws InterruptedException {
        String why = String.join("; ", faults);
        attempt.progress("restore", why);
        attempt.reach(Step.RESTORE, why.length() > 3_000 ? why.substring(0, 3_000) : why);
        PutBack.Result back =
                new PutBack(host, PutBack.names(plan))
                        .putBack(checkpoint, host.baseline(attempt.id()));
        phases.ended("restore");
        notes.addAll(back.notes());
        List<String> reasons = new ArrayList<>(faults);
        if (!back.whole()) {
            reasons.add("the host could not be put back whole");
            reasons.addAll(back.problems());
        }
        return result(
                back.whole() ? Outcome.RESTORED : Outcome.BROKEN,
                reasons,
                back.health(),
                List.of());
    }

    private ApplyResult result(
            Outcome outcome, List<String> reasons, Health health, List<String> rebootReasons) {
        return result(outcome, reasons, health, rebootReasons, List.of());
    }

    private ApplyResult result(
            Outcome outcome,
            List<String> reasons,
            Health health,
            List<String> rebootReasons,
            List<StaleProcess> stale) {
        List<String> all = new ArrayList<>(reasons);
        all.addAll(notes);
        if (!accepted().isEmpty()) {
            all.add(accepted());
        }
        List<CheckResult> wrong = health.wrong();
        return new ApplyResult(
                outcome,
                plan.digest(),
                outcome == Outcome.NOT_STARTED ? "" : checkpoint,
                all,
                wrong,
                health.healthy(),
                stale,
                rebootReasons,
                phases.all(),
                outcome == Outcome.RESTORED || outcome == Outcome.BROKEN ? clues.all() : List.of(),
                secureFirst.outcome(outcome));
    }

    private static List<String> prefixed(String first, List<String> rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
