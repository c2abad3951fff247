package dev.understudy.rollout;

import dev.understudy.advisory.RegressionNoticed;
import dev.understudy.fleet.InventoryChanged;
import dev.understudy.platform.Database;
import dev.understudy.platform.Subscriptions;
import dev.understudy.risk.FindingExcepted;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Follows what is said of patches, also while they are rolled out. A vendor's notice that its own
/// update broke something locks that version away ([LockRegressed]) and freezes what is left of its
/// rollouts; an exception takes those hosts out of their rollout that were to get what it leaves
/// open and that nothing was done to yet.
final class FollowPatches {
    private static final String NAME = "rollout-patches";

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final MoveDeployment move;
    private final MoveRollout turn;
    private final AdvanceRollout advance;
    private final Quarantine quarantine;
    private final LockRegressed regressed;
    private final Patches patches;

    FollowPatches(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            MoveDeployment move,
            MoveRollout turn,
            AdvanceRollout advance,
            Quarantine quarantine,
            Patches patches) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.move = move;
        this.turn = turn;
        this.advance = advance;
        this.quarantine = quarantine;
        this.regressed = new LockRegressed(database, quarantine);
        this.patches = patches;
    }

    void subscribe(Subscriptions subscriptions) {
        subscriptions.on(RegressionNoticed.class, NAME, this::regressed);
        subscriptions.on(InventoryChanged.class, NAME, regressed::seen);
        subscriptions.on(FindingExcepted.class, NAME, _ -> excepted());
    }

    private void regressed(RegressionNoticed told) {
        LockRegressed.Notice notice = regressed.notice(told);
        rollouts.toAdvance()
                .forEach(id -> database.inTransaction(() -> freeze(rollouts.lock(id), notice)));
        regressed.lock(notice);
    }

    /// The version goes to nobody any more, so that the next rollout does not bring it either.
    private void freeze(Rollout rollout, LockRegressed.Notice notice) {
        List<Deployment> members = deployments.of(rollout.id());
        Set<PatchId> broken = new TreeSet<>();
        members.stream()
                .filter(d -> d.open() && d.plan() != null)
                .flatMap(d -> d.getPlan().patches().stream())
                .filter(patch -> regressed.locks(notice, patch))
                .forEach(broken::add);
        broken.forEach(
                patch ->
                        quarantine.impose(
                                patch, notice.sentence(), NextMoves.MACHINE, rollout.id()));
        boolean left =
                members.stream()
                        .filter(Deployment::untouched)
                        .anyMatch(d -> d.getPlan().patches().stream().anyMatch(broken::contains));
        if (left && halts(rollout.state())) {
            String reason =
                    "%s What is left of %s is frozen."
                            .formatted(
                                    notice.sentence(),
                                    broken.stream()
                                            .map(PatchId::toString)
                                            .collect(Collectors.joining(", ")));
            advance.advance(
                    turn.happen(
                            rollout,
                            new Rollout.Event.Halt(NextMoves.MACHINE, reason),
                            NextMoves.MACHINE));
        }
    }

    /// What a person holds stays as it is: once they let it go on, it halts, since what it brings
    /// is in quarantine.
    private static boolean halts(Rollout.State state) {
        return switch (state) {
            case Rollout.State.Rehearsing _, Rollout.State.AwaitingApproval _ -> true;
            case Rollout.State.Announced _, Rollout.State.Running _ -> true;
            case Rollout.State.Soaking _, Rollout.State.Held _ -> true;
            case Rollout.State.Objected _, Rollout.State.Paused _ -> false;
            case Rollout.State.Halted _, Rollout.State.RollingBack _ -> false;
            case Rollout.State.RolledBack _, Rollout.State.Completed _ -> false;
        };
    }

    private void excepted() {
        rollouts.toAdvance()
                .forEach(id -> database.inTransaction(() -> leaveOut(rollouts.lock(id))));
    }

    private void leaveOut(Rollout rollout) {
        boolean any = false;
        for (Deployment d : deployments.of(rollout.id())) {
            if (d.open() && d.untouched()) {
                Map<PatchId, String> excepted = patches.excepted(d.host());
                Optional<PatchId> concerned = first(d.getPlan().patches(), excepted.keySet());
                if (concerned.isPresent()) {
                    move.happen(
                            d,
                            new Deployment.Event.Withdrawn(
                                    "%s. %s."
                                            .formatted(
                                                    concerned.get(),
                                                    excepted.get(concerned.get()))),
                            NextMoves.MACHINE);
                    any = true;
                }
            }
        }
        if (any) {
            advance.advance(rollouts.lock(rollout.id()));
        }
    }

    private static Optional<PatchId> first(
            Collection<PatchId> planned, Collection<PatchId> excepted) {
        return planned.stream().filter(excepted::contains).findFirst();
    }
}
