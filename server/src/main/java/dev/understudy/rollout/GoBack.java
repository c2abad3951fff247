package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.NextMoves.Move;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What a rollout takes back where it does not go forward: orders that no host was given yet, hosts
/// that were not begun, patches that hosts have.
final class GoBack {
    private static final List<Class<? extends State>> RESTORABLE =
            List.of(
                    State.Done.class,
                    State.NotInEffect.class,
                    State.Unhealthy.class,
                    State.Broken.class);

    private static final int MOST_NAMED = 20;

    private final List<Deployment> deployments;
    private final Map<HostId, HostSeen> seen;
    private final Instant now;
    private final boolean stopped;
    private final Attributed attributed;
    private final List<Move> moves;

    /// @param moves to which what is to be done is added
    GoBack(
            List<Deployment> deployments,
            Map<HostId, HostSeen> seen,
            Instant now,
            boolean stopped,
            Attributed attributed,
            List<Move> moves) {
        this.deployments = deployments;
        this.seen = seen;
        this.now = now;
        this.stopped = stopped;
        this.attributed = attributed;
        this.moves = moves;
    }

    /// Takes back orders that change these hosts, from those that were not given them yet: a host
    /// that comes late to its order is not changed while a person holds that.
    void orders(Predicate<Deployment> from) {
        for (Deployment d : deployments) {
            boolean ordered = d.state() instanceof State.Applying || awaitsReboot(d);
            if (ordered && from.test(d)) {
                moves.add(new Move.TakeBack(d));
            }
        }
    }

    private static boolean awaitsReboot(Deployment d) {
        return d.state() instanceof State.Verifying(_, _, boolean rebooted, _) && !rebooted;
    }

    /// Leaves out whom nothing was brought to yet.
    void windUp(String reason) {
        for (Deployment d : deployments) {
            switch (d.state()) {
                case State.Planned _, State.Rehearsing _, State.Rehearsed _ ->
                        moves.add(new Move.Withdraw(d, reason));
                case State.Applying _ -> moves.add(new Move.Recall(d, reason));
                case State.Verifying _ -> moves.add(new Move.TakeBack(d));
                case State.Doubtful _, State.Done _, State.NotInEffect _ -> {}
                case State.FailedInTwin _, State.Unhealthy _, State.Restored _ -> {}
                case State.Broken _, State.Skipped _ -> {}
                case State.RollingBack _, State.RolledBack _ -> {}
            }
        }
    }

    /// A host that told only after the rollback that it had been patched is put back as well.
    void late() {
        restore(State.Done.class);
        restore(State.NotInEffect.class);
        restore(State.Unhealthy.class);
    }

    /// Has every patched host put back.
    ///
    /// @return whether any is or has still to be
    boolean patches(String reason) {
        windUp("The rollout is being rolled back: " + reason);
        boolean orders = false;
        for (Class<? extends State> restorable : RESTORABLE) {
            orders |= restore(restorable);
        }
        return orders;
    }

    /// Which hosts keep the patch because nothing can undo it there.
    String kept() {
        List<String> names =
                HostSeen.names(
                        seen,
                        deployments.stream()
                                .filter(
                                        d ->
                                                d.state() instanceof State.Done
                                                        || d.state() instanceof State.NotInEffect
                                                        || d.state() instanceof State.Unhealthy
                                                        || d.state() instanceof State.Broken));
        return names.isEmpty()
                ? ""
                : " Not put back: %s; see why in the rollout's hosts."
                        .formatted(Sentences.some(names, MOST_NAMED));
    }

    /// Orders the hosts in that state to be put back; true if any is or has still to be.
    boolean restore(Class<? extends State> in) {
        List<Deployment> restorable =
                deployments.stream()
                        .filter(d -> in.isInstance(d.state()))
                        .filter(d -> in != State.Unhealthy.class || attributed.against(d))
                        .filter(d -> !DeploymentLifecycle.checkpoint(d).isEmpty())
                        .filter(
                                d ->
                                        in != State.Broken.class
                                                || d.attempts() < Deployment.MOST_ATTEMPTS)
                        .toList();
        restorable.stream()
                .filter(_ -> !stopped)
                .filter(d -> in != State.Broken.class || d.due(now))
                .forEach(d -> moves.add(new Move.Restore(d)));
        return !restorable.isEmpty();
    }
}
