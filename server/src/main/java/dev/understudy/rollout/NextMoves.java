package dev.understudy.rollout;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.Rollout.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what a rollout does next, from what is true now and nothing else; asking twice gives the
/// same answer. While the fleet is stopped no host gets an order and no wave is promoted, but a
/// failure still halts.
final class NextMoves {
    /// The machine, as the one who did it.
    static final String MACHINE = "system";

    /// One thing to do.
    sealed interface Move {
        record Rehearse(Deployment deployment, boolean afresh) implements Move {}

        /// Leave a host out because one like it failed.
        record LeaveOut(FirstRehearsals.LeftOut host) implements Move {}

        record AssignWaves(List<Deployment> rehearsed) implements Move {}

        record Apply(Deployment deployment) implements Move {}

        record Reboot(Deployment deployment) implements Move {}

        record Restore(Deployment deployment) implements Move {}

        record Withdraw(Deployment deployment, String reason) implements Move {}

        /// Leave the host out, if it was not given its apply order yet.
        record Recall(Deployment deployment, String reason) implements Move {}

        /// Take an order back that the host was not given yet and may not have now; it gets another
        /// later.
        record TakeBack(Deployment deployment) implements Move {}

        record Turn(Event event) implements Move {}

        /// Hold, because the certificate's tests ask.
        record Ask(int wave, Trial trial, String reason) implements Move {}

        /// Leave a wave as the certificate's tests decide.
        record GoOn(int wave, Trial trial) implements Move {}
    }

    private final Rollout rollout;
    private final List<Deployment> deployments;
    private final Map<HostId, HostSeen> seen;
    private final Instant now;
    private final boolean stopped;
    private final Gate gate;
    private final Attributed attributed;
    private final @Nullable Trial trial;
    private final Classes classes;
    private final List<Move> moves = new ArrayList<>();
    private final GoBack back;

    private NextMoves(
            Rollout rollout,
            List<Deployment> deployments,
            Map<HostId, HostSeen> seen,
            Instant now,
            boolean stopped,
            Gate gate,
            Attributed attributed,
            @Nullable Trial trial,
            Classes classes) {
        this.rollout = rollout;
        this.deployments = deployments;
        this.seen = seen;
        this.now = now;
        this.stopped = stopped;
        this.gate = gate;
        this.attributed = attributed;
        this.trial = trial;
        this.classes = classes;
        this.back = new GoBack(deployments, seen, now, stopped, attributed, moves);
    }

    static List<Move> of(
            Rollout rollout,
            List<Deployment> deployments,
            Map<HostId, HostSeen> seen,
            Instant now,
            boolean stopped,
            Gate gate,
            Attributed attributed,
            @Nullable Trial trial,
            Classes classes) {
        NextMoves next =
                new NextMoves(
                        rollout, deployments, seen, now, stopped, gate, attributed, trial, classes);
        next.decide();
        return next.moves;
    }

    private void decide() {
        switch (rollout.state()) {
            case Rollout.State.Rehearsing _ -> rehearse();
            case Rollout.State.AwaitingApproval _ -> {}
            case Rollout.State.Announced(Instant startsAt, _) -> {
                if (!stopped && !now.isBefore(startsAt)) {
                    turn(new Event.Unopposed());
                }
            }
            case Rollout.State.Objected _ -> {}
            case Rollout.State.Running(int wave) -> {
                back.orders(d -> stopped || !open(d));
                run(wave);
            }
            case Rollout.State.Soaking(int wave, Instant until) -> judge(wave, until);
            case Rollout.State.Held(int wave, Instant until, _) -> judge(wave, until);
            case Rollout.State.Paused _ -> back.orders(_ -> true);
            case Rollout.State.Halted(_, String reason) -> {
                back.windUp("The rollout was halted: " + reason);
                back.restore(State.Unhealthy.class);
            }
            case Rollout.State.RollingBack(String by, String reason) -> rollBack(by, reason);
            case Rollout.State.RolledBack(String summary) -> {
                back.windUp(summary);
                back.late();
            }
            case Rollout.State.Completed(String summary) -> back.windUp(summary);
        }
    }

    private void rehearse() {
        FirstRehearsals first =
                new FirstRehearsals(deployments, seen, rollout.terms().rehearsals(), classes);
        Optional<String> halts = first.halts();
        if (halts.isPresent()) {
            fail(halts.get());
            return;
        }
        List<FirstRehearsals.LeftOut> out = first.leftOut();
        out.forEach(one -> moves.add(new Move.LeaveOut(one)));
        List<Deployment> asked = first.asked();
        rehearsePlanned(asked);
        if (stopped || !out.isEmpty() || !asked.isEmpty() || atIt()) {
            return;
        }
        Optional<String> unproved = first.unproved();
        List<Deployment> takers = first.takers();
        if (unproved.isPresent()) {
            fail(unproved.get());
        } else if (takers.isEmpty()) {
            turn(new Event.Finished("No host was patched: " + tally()));
        } else {
            moves.add(new Move.AssignWaves(takers));
            turn(new Event.Rehearsed(rollout.terms().needsApproval(), planHash(takers)));
        }
    }

    private boolean atIt() {
        return deployments.stream().anyMatch(d -> d.state() instanceof State.Rehearsing);
    }

    private void rehearsePlanned(List<Deployment> among) {
        for (Deployment d : among) {
            if (d.state() instanceof State.Planned(boolean afresh) && !stopped && d.due(now)) {
                moves.add(new Move.Rehearse(d, afresh));
            }
        }
    }

    private void run(int wave) {
        if (gate.assess(evidence(wave, Instant.MAX)) instanceof Gate.Verdict.Halt(String reason)) {
            fail(reason);
            return;
        }
        if (!attributed.news().isEmpty()) {
            pause();
            return;
        }
        restoreTolerated();
        if (!attributed.awaited().isEmpty()) {
            return;
        }
        List<Deployment> members = deployments.stream().filter(d -> d.wave() == wave).toList();
        if (members.stream().allMatch(this::settled)) {
            Instant last =
                    members.stream()
                            .map(Deployment::since)
                            .max(Comparator.naturalOrder())
                            .orElse(now);
            turn(new Event.WaveSettled(last.plus(rollout.terms().soak())));
            return;
        }
        rehearsePlanned(members);
        for (Deployment d : members) {
            if (!stopped && d.state() instanceof State.Rehearsed && d.due(now) && open(d)) {
                moves.add(new Move.Apply(d));
            } else if (!stopped && wantsReboot(d) && open(d)) {
                moves.add(new Move.Reboot(d));
            }
        }
    }

    /// What puts a host back is never kept waiting for a window; what changes it is.
    private boolean open(Deployment d) {
        HostSeen host = seen.get(d.host());
        return host != null && host.opening().mayBegin(now);
    }

    private boolean settled(Deployment d) {
        return switch (d.state()) {
            case State.Planned _, State.Rehearsing _, State.Rehearsed _, State.Applying _ -> false;
            case State.Verifying _, State.RollingBack _ -> false;
            case State.NotInEffect _ -> !wantsReboot(d);
            case State.Doubtful _, State.Done _, State.Unhealthy _, State.Restored _ -> true;
            case State.FailedInTwin _, State.Broken _, State.Skipped _, State.RolledBack _ -> true;
        };
    }

    private boolean wantsReboot(Deployment d) {
        return d.state() instanceof State.NotInEffect(_, boolean helps, _)
                && helps
                && rollout.terms().reboot() == RebootPolicy.WHEN_NEEDED;
    }

    /// Something external is going on: nothing is begun and nothing judged until a person lets it
    /// go on.
    private void pause() {
        turn(new Event.Pause(MACHINE, String.join(" ", attributed.news())));
    }

    private void judge(int wave, Instant until) {
        Gate.Verdict verdict = gate.assess(evidence(wave, until));
        if (!attributed.news().isEmpty() && !(verdict instanceof Gate.Verdict.Halt)) {
            pause();
            return;
        }
        switch (verdict) {
            case Gate.Verdict.Halt(String reason) -> fail(reason);
            case Gate.Verdict.Hold(String reason) -> {
                restoreTolerated();
                if (!now.isBefore(until) && !held(reason)) {
                    turn(new Event.HeldBack(reason));
                }
            }
            case Gate.Verdict.Ask(String reason) -> {
                restoreTolerated();
                if (trial != null && !held(reason)) {
                    moves.add(new Move.Ask(wave, trial, reason));
                }
            }
            case Gate.Verdict.Promote _ -> {
                restoreTolerated();
                if (!stopped) {
                    moves.add(
                            trial == null
                                    ? new Move.Turn(onward(wave, deployments))
                                    : new Move.GoOn(wave, trial));
                }
            }
        }
    }

    /// Where single failures do not halt, a host that failed is put back all the same.
    private void restoreTolerated() {
        if (trial != null) {
            back.restore(State.Unhealthy.class);
        }
    }

    /// What follows when `wave` may be left: the next wave that still has hosts, or the end.
    static Event onward(int wave, List<Deployment> deployments) {
        return deployments.stream()
                .map(Deployment::wave)
                .filter(w -> w > wave)
                .min(Comparator.naturalOrder())
                .<Event>map(Event.Promoted::new)
                .orElseGet(() -> new Event.Finished(Tally.of(deployments).sentence() + "."));
    }

    private boolean held(String reason) {
        return rollout.state() instanceof Rollout.State.Held(_, _, String known)
                && known.equals(reason);
    }

    private void rollBack(String by, String reason) {
        if (!back.patches(reason) && deployments.stream().noneMatch(Deployment::open)) {
            turn(
                    new Event.Restored(
                            "by %s: %s %s%s"
                                    .formatted(
                                            by,
                                            Sentences.of(List.of(reason)),
                                            tally(),
                                            back.kept())));
        }
    }

    private Gate.Evidence evidence(int wave, Instant soakedAt) {
        return new Gate.Evidence(
                wave,
                !now.isBefore(soakedAt),
                soakedAt,
                rollout.terms(),
                deployments,
                seen,
                attributed,
                trial);
    }

    private void fail(String reason) {
        turn(new Event.Failed(MACHINE, reason));
    }

    private void turn(Event event) {
        moves.add(new Move.Turn(event));
    }

    private String tally() {
        return Tally.of(deployments).sentence() + ".";
    }

    /// SHA-256 over which host gets which plan: what a person approves.
    static String planHash(List<Deployment> rehearsed) {
        StringBuilder text = new StringBuilder();
        rehearsed.stream()
                .sorted(Comparator.comparing(Deployment::host))
                .forEach(
                        d ->
                                text.append(d.host())
                                        .append(' ')
                                        .append(d.getPlan().plan().digest())
                                        .append('\n'));
        return Digests.sha256(text.toString());
    }
}
