package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.Opening;
import dev.understudy.fleet.Standing;
import dev.understudy.fleet.Wait;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Reason;
import dev.understudy.risk.ReasonSource;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Why a patch is not on a host yet, as far as rollouts know: the one it is in, the one that
/// failed, the quarantine, or the policy.
public final class RolloutReasons implements ReasonSource {
    private final ReasonRows rows;
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
            Database database,
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
        this.rows = new ReasonRows(database);
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
        String group = hosts.find(host).map(Host::group).orElse("");
        return reasons(List.of(new Asked(host, group, patches))).getOrDefault(host, Map.of());
    }

    @Override
    public Map<HostId, Map<PatchId, Reason>> reasons(Collection<Asked> asked) {
        Look look = new Look(asked);
        Map<HostId, Map<PatchId, Reason>> reasons = new HashMap<>();
        asked.forEach(each -> reasons.put(each.host(), look.reasons(each)));
        return reasons;
    }

    @Override
    public Set<HostId> apart(Set<PatchId> patches) {
        Set<String> makeups = new HashSet<>();
        quarantine
                .locked()
                .byMakeup()
                .forEach(
                        (makeup, locked) -> {
                            if (!Collections.disjoint(locked, patches)) {
                                makeups.add(makeup);
                            }
                        });
        Set<HostId> apart = new HashSet<>(rows.hosts(patches));
        if (!makeups.isEmpty()) {
            apart.addAll(inventories.madeUp(makeups));
        }
        return apart;
    }

    /// What is known of many hosts as of one moment, read once for all.
    private final class Look {
        private final Map<HostId, List<Deployment>> parts;
        private final Map<HostId, List<Deployments.Refused>> refused;
        private final List<Quarantine.Entry> locked = quarantine.entries();
        private final Map<HostId, String> makeups;
        private final Optional<FleetStop.Stop> stopped = stop.current();
        private final MaintenanceCalendar calendar = maintenance.calendar();
        private final Map<String, Optional<Reason>> closed = new HashMap<>();
        private final Map<String, Optional<Reason>> observed = new HashMap<>();
        private final Map<RolloutId, Rollout> known = new HashMap<>();
        private final List<HostId> begun;
        private @Nullable Standing standing;

        Look(Collection<Asked> asked) {
            List<HostId> all = asked.stream().map(Asked::host).toList();
            this.makeups =
                    locked.stream().allMatch(entry -> entry.makeup() == null)
                            ? Map.of()
                            : inventories.makeups(all);
            this.parts =
                    rows.of(
                            all,
                            asked.stream()
                                    .flatMap(each -> each.patches().stream())
                                    .map(HostPatch::id)
                                    .collect(Collectors.toSet()));
            this.refused = deployments.refusedByPeople(all);
            this.begun =
                    all.stream()
                            .filter(
                                    host ->
                                            parts.getOrDefault(host, List.of()).stream()
                                                    .anyMatch(Deployment::open))
                            .toList();
        }

        Map<PatchId, Reason> reasons(Asked of) {
            List<Deployment> its = parts.getOrDefault(of.host(), List.of());
            List<Deployments.Refused> without = refused.getOrDefault(of.host(), List.of());
            String makeup = makeups.get(of.host());
            List<Quarantine.Entry> here =
                    locked.stream().filter(entry -> entry.concerns(makeup)).toList();
            Optional<Reason> general = general(of.group());
            Map<PatchId, Reason> reasons = new HashMap<>();
            for (HostPatch patch : of.patches()) {
                open(patch.id(), its, of.group())
                        .or(() -> failed(patch.id(), its))
                        .or(() -> locked(patch.id(), here))
                        .or(() -> refused(patch.id(), without))
                        .or(() -> general)
                        .or(() -> skipped(patch.id(), its))
                        .ifPresent(reason -> reasons.put(patch.id(), reason));
            }
            return reasons;
        }

        private Optional<Reason> open(PatchId patch, List<Deployment> its, String group) {
            return its.stream()
                    .filter(d -> d.open() && brings(d, patch))
                    .findFirst()
                    .map(d -> under(d, known.computeIfAbsent(d.rollout(), rollouts::get), group));
        }

        private Reason under(Deployment d, Rollout rollout, String group) {
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
                        working(d, rollout, group, where);
                case Rollout.State.Held(_, _, String reason) ->
                        new Reason(
                                Reason.Code.IN_ROLLOUT, where + "the rollout is held. " + reason);
                case Rollout.State.RolledBack _, Rollout.State.Completed _ -> inRollout(d, where);
            };
        }

        private Reason working(Deployment d, Rollout rollout, String group, String where) {
            Optional<Reason> shut = closed(group);
            return d.state() instanceof State.Rehearsed && shut.isPresent()
                    ? new Reason(shut.get().code(), where + shut.get().sentence())
                    : Turn.of(rollout, d)
                            .flatMap(begin -> standing().waits(d.host(), begin))
                            .map(wait -> new Reason(code(wait), where + wait.sentence()))
                            .orElseGet(() -> inRollout(d, where));
        }

        private Standing standing() {
            Standing now = standing;
            if (now == null) {
                now = work.look(begun);
                standing = now;
            }
            return now;
        }

        /// Why hosts of the group may not be changed now, if windows or a freeze forbid it.
        private Optional<Reason> closed(String group) {
            if (group.isEmpty()) {
                return Optional.empty();
            }
            return closed.computeIfAbsent(
                    group,
                    _ -> {
                        Instant now = clock.instant();
                        Opening opening = calendar.opening(group, now);
                        return opening.forbids(group, now)
                                .map(
                                        sentence ->
                                                new Reason(
                                                        opening instanceof Opening.Frozen
                                                                ? Reason.Code.FROZEN
                                                                : Reason.Code.NO_WINDOW,
                                                        sentence));
                    });
        }

        private Optional<Reason> general(String group) {
            return stopped.map(RolloutReasons::stopped)
                    .or(() -> observed.computeIfAbsent(group, RolloutReasons.this::observed))
                    .or(() -> closed(group));
        }
    }

    private static boolean brings(Deployment d, PatchId patch) {
        return d.plan() != null && d.getPlan().patches().contains(patch);
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
                .map(one -> new Reason(Reason.Code.ROLLOUT_HALTED, one.sentence()));
    }

    /// A host that is not known is in no group.
    private Optional<Reason> observed(String group) {
        return !group.isEmpty() && policies.forGroup(group).autonomy() == Autonomy.OBSERVE
                ? Optional.of(
                        new Reason(
                                Reason.Code.OBSERVE_ONLY,
                                "Group %s is only observed.".formatted(group)))
                : Optional.empty();
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
                                d.state() instanceof State.Skipped(Skip why, String reason, _)
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
