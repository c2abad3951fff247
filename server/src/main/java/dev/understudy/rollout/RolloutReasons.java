package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.Opening;
import dev.understudy.fleet.Wait;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Reason;
import dev.understudy.risk.ReasonSource;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Why a patch is not on a host yet, as far as rollouts know: the one it is in, the one that
/// failed, the quarantine, or the policy.
public final class RolloutReasons implements ReasonSource {
    private static final int LOOK_BACK = 20;

    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Quarantine quarantine;
    private final Hosts hosts;
    private final Inventories inventories;
    private final Maintenance maintenance;
    private final WorkGate work;
    private final Policies policies;
    private final FleetStop stop;
    private final InstantSource clock;

    public RolloutReasons(
            Rollouts rollouts,
            Deployments deployments,
            Quarantine quarantine,
            Hosts hosts,
            Inventories inventories,
            Maintenance maintenance,
            WorkGate work,
            Policies policies,
            FleetStop stop,
            InstantSource clock) {
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.quarantine = quarantine;
        this.hosts = hosts;
        this.inventories = inventories;
        this.maintenance = maintenance;
        this.work = work;
        this.policies = policies;
        this.stop = stop;
        this.clock = clock;
    }

    @Override
    public Map<PatchId, Reason> reasons(HostId host, List<HostPatch> patches) {
        List<Deployment> parts = deployments.ofHost(host, LOOK_BACK);
        String makeup = inventories.makeups(List.of(host)).get(host);
        List<Quarantine.Entry> locked =
                quarantine.entries().stream().filter(entry -> entry.concerns(makeup)).toList();
        List<Deployments.Refused> refused = deployments.refusedByPeople(host);
        Optional<Host> known = hosts.find(host);
        Optional<Reason> closed = known.flatMap(this::closed);
        Optional<Reason> general = general(known).or(() -> closed);
        Map<PatchId, Reason> reasons = new HashMap<>();
        for (HostPatch patch : patches) {
            open(patch.id(), parts, closed)
                    .or(() -> failed(patch.id(), parts))
                    .or(() -> locked(patch.id(), locked))
                    .or(() -> refused(patch.id(), refused))
                    .or(() -> general)
                    .or(() -> skipped(patch.id(), parts))
                    .ifPresent(reason -> reasons.put(patch.id(), reason));
        }
        return reasons;
    }

    private static boolean brings(Deployment d, PatchId patch) {
        return d.plan() != null && d.getPlan().patches().contains(patch);
    }

    private Optional<Reason> open(PatchId patch, List<Deployment> parts, Optional<Reason> closed) {
        return parts.stream()
                .filter(d -> d.open() && brings(d, patch))
                .findFirst()
                .map(d -> under(d, rollouts.get(d.rollout()), closed));
    }

    private Reason under(Deployment d, Rollout rollout, Optional<Reason> closed) {
        Optional<FleetStop.Stop> stopped = stop.current();
        if (stopped.isPresent()) {
            return stopped(stopped.get());
        }
        String where = "Rollout %s: ".formatted(rollout.id().brief());
        return switch (rollout.state()) {
            case Rollout.State.AwaitingApproval _, Rollout.State.Announced _ ->
                    new Reason(
                            Reason.Code.AWAITING_APPROVAL,
                            where + MoveRollout.sentence(rollout.state()));
            case Rollout.State.Objected _ ->
                    new Reason(
                            Reason.Code.AWAITING_APPROVAL,
                            where + MoveRollout.sentence(rollout.state()));
            case Rollout.State.Paused _, Rollout.State.Halted _, Rollout.State.RollingBack _ ->
                    new Reason(
                            Reason.Code.ROLLOUT_HALTED,
                            where + MoveRollout.sentence(rollout.state()));
            case Rollout.State.Rehearsing _, Rollout.State.Running _, Rollout.State.Soaking _ ->
                    d.state() instanceof State.Rehearsed && closed.isPresent()
                            ? new Reason(closed.get().code(), where + closed.get().sentence())
                            : waits(rollout, d)
                                    .map(wait -> new Reason(code(wait), where + wait.sentence()))
                                    .orElseGet(() -> inRollout(d, where));
            case Rollout.State.Held(_, _, String reason) ->
                    new Reason(Reason.Code.IN_ROLLOUT, where + "the rollout is held. " + reason);
            case Rollout.State.RolledBack _, Rollout.State.Completed _ -> inRollout(d, where);
        };
    }

    private Optional<Wait> waits(Rollout rollout, Deployment d) {
        return Turn.of(rollout, d)
                .flatMap(begin -> work.look(List.of(d.host())).waits(d.host(), begin));
    }

    private static Reason.Code code(Wait wait) {
        return switch (wait.kind()) {
            case HA_GROUP -> Reason.Code.HA_GROUP;
            case BUDGET -> Reason.Code.DISRUPTION_BUDGET;
            case CAPACITY -> Reason.Code.NO_CAPACITY;
            case SEQUENCE -> Reason.Code.AFTER_OTHER_HOST;
        };
    }

    private static Reason inRollout(Deployment d, String where) {
        String wave = d.wave() == 0 ? "" : "wave %d. ".formatted(d.wave());
        return new Reason(
                Reason.Code.IN_ROLLOUT, where + wave + MoveDeployment.sentence(d.state()));
    }

    private static Optional<Reason> failed(PatchId patch, List<Deployment> parts) {
        return newest(patch, parts)
                .filter(d -> d.state() instanceof State.FailedInTwin)
                .filter(d -> d.getPlan().parts().size() == 1)
                .map(
                        d ->
                                new Reason(
                                        Reason.Code.REHEARSAL_FAILED,
                                        MoveDeployment.sentence(d.state())));
    }

    private static Optional<Deployment> newest(PatchId patch, List<Deployment> parts) {
        return parts.stream().filter(d -> brings(d, patch)).findFirst();
    }

    private static Optional<Reason> locked(PatchId patch, List<Quarantine.Entry> locked) {
        return locked.stream()
                .filter(entry -> entry.patch().equals(patch))
                .min(Comparator.comparing(Quarantine.Entry::suspected))
                .map(
                        entry ->
                                new Reason(
                                        Reason.Code.QUARANTINED,
                                        "%s%s since %s. %s"
                                                .formatted(
                                                        entry.suspected()
                                                                ? "Under suspicion"
                                                                : "Quarantined",
                                                        entry.makeup() == null
                                                                ? ""
                                                                : " for hosts like this one",
                                                        Sentences.time(entry.since()),
                                                        entry.reason())));
    }

    private static Optional<Reason> refused(PatchId patch, List<Deployments.Refused> refused) {
        return refused.stream()
                .filter(one -> one.patch().equals(patch.toString()))
                .findFirst()
                .map(
                        one ->
                                new Reason(
                                        Reason.Code.ROLLOUT_HALTED,
                                        one.by() == null
                                                ? "A person rolled it back on this host."
                                                : "%s stopped it on this host: %s"
                                                        .formatted(one.by(), one.reason())));
    }

    /// Why the host may not be changed now, if its windows or a freeze forbid it.
    private Optional<Reason> closed(Host host) {
        Instant now = clock.instant();
        Opening opening = maintenance.calendar().opening(host.group(), now);
        return opening.forbids(host.group(), now)
                .map(
                        sentence ->
                                new Reason(
                                        opening instanceof Opening.Frozen
                                                ? Reason.Code.FROZEN
                                                : Reason.Code.NO_WINDOW,
                                        sentence));
    }

    private Optional<Reason> general(Optional<Host> host) {
        Optional<Reason> stopped = stop.current().map(RolloutReasons::stopped);
        return stopped.or(
                () ->
                        host.filter(
                                        known ->
                                                policies.forGroup(known.group()).autonomy()
                                                        == Autonomy.OBSERVE)
                                .map(
                                        known ->
                                                new Reason(
                                                        Reason.Code.OBSERVE_ONLY,
                                                        "Group %s is only observed."
                                                                .formatted(known.group()))));
    }

    private static Reason stopped(FleetStop.Stop stopped) {
        return new Reason(
                Reason.Code.FLEET_STOPPED,
                "%s stopped the fleet at %s: %s"
                        .formatted(
                                stopped.actor(),
                                Sentences.time(stopped.since()),
                                stopped.reason()));
    }

    private static Optional<Reason> skipped(PatchId patch, List<Deployment> parts) {
        return newest(patch, parts)
                .filter(d -> d.state() instanceof State.Skipped)
                .flatMap(
                        d ->
                                d.state() instanceof State.Skipped(Skip why, String reason)
                                        ? skipped(why, reason)
                                        : Optional.empty());
    }

    private static Optional<Reason> skipped(Skip why, String reason) {
        return switch (why) {
            case INCONCLUSIVE, REMOVALS ->
                    Optional.of(new Reason(Reason.Code.REHEARSAL_INCONCLUSIVE, reason));
            case CLASS_FAILED -> Optional.of(new Reason(Reason.Code.REHEARSAL_FAILED, reason));
            case REFUSED -> Optional.of(new Reason(Reason.Code.REFUSED_LOCALLY, reason));
            case OBSERVE_ONLY -> Optional.of(new Reason(Reason.Code.OBSERVE_ONLY, reason));
            case OFFLINE, NOT_AS_REHEARSED, TOO_MANY_ATTEMPTS, WITHDRAWN ->
                    Optional.of(new Reason(Reason.Code.NOT_YET_PLANNED, reason));
            case NOTHING_PENDING, IN_OTHER_ROLLOUT, RETIRED -> Optional.empty();
        };
    }
}
