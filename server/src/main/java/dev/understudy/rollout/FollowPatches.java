package dev.understudy.rollout;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.advisory.RegressionNoticed;
import dev.understudy.platform.Database;
import dev.understudy.platform.Subscriptions;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.FindingExcepted;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import dev.understudy.risk.exposure.KnownAs;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Follows what is said of patches while they are rolled out. A vendor's notice that its own update
/// broke something freezes what is left of the rollouts of that version; an exception takes those
/// hosts out of their rollout that were to get what it leaves open and that nothing was done to
/// yet.
final class FollowPatches {
    private static final String NAME = "rollout-patches";

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final MoveDeployment move;
    private final MoveRollout turn;
    private final AdvanceRollout advance;
    private final Quarantine quarantine;
    private final FixedVersions fixes;
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
        this.fixes = new FixedVersions(database);
        this.patches = patches;
    }

    void subscribe(Subscriptions subscriptions) {
        subscriptions.on(RegressionNoticed.class, NAME, this::regressed);
        subscriptions.on(FindingExcepted.class, NAME, _ -> excepted());
    }

    private void regressed(RegressionNoticed told) {
        List<FixedVersion> said = fixes.ofAdvisories(List.of(told.advisory(), told.follows()));
        rollouts.toAdvance()
                .forEach(id -> database.inTransaction(() -> freeze(rollouts.lock(id), told, said)));
    }

    /// The version goes to nobody any more, so that the next rollout does not bring it either.
    private void freeze(Rollout rollout, RegressionNoticed told, List<FixedVersion> said) {
        List<Deployment> members = deployments.of(rollout.id());
        Set<PatchId> broken = new TreeSet<>();
        members.stream()
                .filter(d -> d.open() && d.plan() != null)
                .flatMap(d -> d.getPlan().patches().stream())
                .filter(patch -> brokeSomething(patch, told, said))
                .forEach(broken::add);
        broken.forEach(
                patch -> quarantine.impose(patch, sentence(told), NextMoves.MACHINE, rollout.id()));
        boolean left =
                members.stream()
                        .filter(Deployment::untouched)
                        .anyMatch(d -> d.getPlan().patches().stream().anyMatch(broken::contains));
        if (left && halts(rollout.state())) {
            String reason =
                    "%s What is left of %s is frozen."
                            .formatted(
                                    sentence(told),
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

    private static boolean halts(Rollout.State state) {
        return switch (state) {
            case Rollout.State.Rehearsing _, Rollout.State.AwaitingApproval _ -> true;
            case Rollout.State.Announced _, Rollout.State.Objected _ -> true;
            case Rollout.State.Running _, Rollout.State.Soaking _ -> true;
            case Rollout.State.Held _, Rollout.State.Paused _ -> true;
            case Rollout.State.Halted _, Rollout.State.RollingBack _ -> false;
            case Rollout.State.RolledBack _, Rollout.State.Completed _ -> false;
        };
    }

    private static String sentence(RegressionNoticed told) {
        return "%s says that %s broke something in %s."
                .formatted(told.advisory(), told.follows(), String.join(", ", told.packages()));
    }

    /// Whether the patch brings what the earlier notice brought, and not yet what repairs it. Where
    /// the earlier one's versions are not known, every version before the repair is meant.
    static boolean brokeSomething(PatchId patch, RegressionNoticed told, List<FixedVersion> said) {
        Optional<FixedVersion> repair = of(said, told.advisory(), patch).findFirst();
        return repair.filter(each -> !has(patch, each)).isPresent()
                && (of(said, told.follows(), patch).findAny().isEmpty()
                        || of(said, told.follows(), patch).anyMatch(each -> has(patch, each)));
    }

    private static Stream<FixedVersion> of(
            List<FixedVersion> said, String advisory, PatchId patch) {
        return said.stream()
                .filter(
                        each ->
                                each.advisory().equals(advisory)
                                        && each.fixed() != null
                                        && each.release().equals(patch.release())
                                        && each.source().equals(KnownAs.source(patch.source())));
    }

    private static boolean has(PatchId patch, FixedVersion fix) {
        return fix.fixedBy(
                KnownAs.version(fix.source(), patch.version()),
                VersionOrder.ofEcosystem(fix.ecosystem()).orElse(VersionOrder.DPKG));
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
