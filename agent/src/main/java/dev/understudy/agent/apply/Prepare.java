package dev.understudy.agent.apply;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.exec.Background;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.orders.Attempt;
import dev.understudy.agent.orders.Step;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything before the first change of a plan: preconditions, evidence, baseline, checkpoint,
/// drain, backup. Since that takes a while, it is asked once more before the drain and at the end
/// whether the host may still be changed.
final class Prepare {
    private final ManagedHost host;
    private final Attempt attempt;
    private final OrderBody.Apply order;
    private final Plan plan;
    private final Phases phases;
    private final SecureFirst secureFirst;
    private final Drain drain;
    private final BackUp backUp;
    private final List<String> notes = new ArrayList<>();
    private Report.@Nullable Refused refused;

    Prepare(
            ManagedHost host,
            Attempt attempt,
            OrderBody.Apply order,
            Phases phases,
            SecureFirst secureFirst,
            Drain drain) {
        this.host = host;
        this.attempt = attempt;
        this.order = order;
        this.plan = order.plan();
        this.phases = phases;
        this.secureFirst = secureFirst;
        this.drain = drain;
        this.backUp = new BackUp(host, attempt, order);
    }

    /// Prepares the host.
    ///
    /// @return why the plan may not be installed; empty if it may be now
    List<String> obstacles() throws InterruptedException {
        try (Background<HealthSample> sampling = Background.start("baseline", host::sample)) {
            List<String> obstacles = preconditions();
            if (!obstacles.isEmpty()) {
                return obstacles;
            }
            phases.ended("preconditions");
            return prepare(sampling).stream().toList();
        } catch (CheckpointException | PackageManagerException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /// What was done otherwise than it should be, in sentences.
    List<String> notes() {
        return notes;
    }

    /// Why the host may not be changed any more, if that is the obstacle: the order may come again.
    Optional<Report.Refused> refused() {
        return Optional.ofNullable(refused);
    }

    /// Why the plan may not be applied to the host as it is now.
    private List<String> preconditions() throws PackageManagerException, InterruptedException {
        List<String> obstacles =
                new ArrayList<>(
                        host.changedSinceRehearsal(
                                order.rehearsal(), plan, order.acceptedWithoutRehearsal() != null));
        host.spaceMissing().ifPresent(obstacles::add);
        if (!obstacles.isEmpty()) {
            return obstacles;
        }
        obstacles.addAll(EndState.differingFromStart(host.packages(), plan));
        if (!obstacles.isEmpty()) {
            return obstacles;
        }
        // The answer is as good as a new one while nothing has changed that it depends on.
        if (host.isSimulated(order.rehearsal())) {
            host.packages().download(plan, order.limit());
            return obstacles;
        }
        try (Background<List<PackageChange>> simulating =
                Background.start("simulate", () -> host.packages().simulate(plan))) {
            host.packages().download(plan, order.limit());
            List<PackageChange> simulated =
                    simulating.get(PackageManagerException.class).stream().sorted().toList();
            if (!simulated.equals(plan.changes())) {
                obstacles.add(EndState.difference(plan, simulated));
            }
            return obstacles;
        }
    }

    private Optional<String> prepare(Background<HealthSample> sampling)
            throws CheckpointException, PackageManagerException, InterruptedException {
        Optional<String> unsecured = secureFirst.obstacle();
        if (order.triage() != null) {
            phases.ended("triage");
        }
        if (unsecured.isPresent()) {
            return unsecured;
        }
        attempt.reach(Step.CHECKPOINT, "");
        notes.addAll(host.takeCheckpoint(attempt.id().toString(), order.rehearsal()));
        host.keepBaseline(attempt.id(), sampling.get());
        phases.ended("checkpoint");
        if (drain.wanted()) {
            Optional<String> inUse = forbidden();
            if (inUse.isEmpty()) {
                inUse = drain.out();
            }
            if (inUse.isPresent()) {
                return inUse;
            }
            // What the hook stopped must not be missed in the checks.
            host.keepBaseline(attempt.id(), host.sample());
            phases.ended("drain");
        }
        Optional<String> notBackedUp = backUp.first();
        notes.addAll(backUp.notes());
        if (backUp.ran()) {
            phases.ended("backup");
        }
        return notBackedUp.isPresent() ? notBackedUp : forbidden();
    }

    private Optional<String> forbidden() {
        refused = attempt.changeRefused().orElse(null);
        return refused().map(Report.Refused::detail);
    }
}
