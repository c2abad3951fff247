package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policies;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.PatchFilter;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import dev.understudy.risk.RankedPatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Says before a deadline is missed that no rollout brings the patch: of groups in which a person
/// has to start rollouts, and where the machine cannot. What is in a rollout [Escalate] looks at;
/// groups that are only observed are left alone. It moves nothing.
public final class EscalateUnplanned {
    /// The machine has that long to begin by itself after a clock started.
    private static final Duration TIME_TO_BEGIN = Duration.ofHours(1);

    private final Database database;
    private final Deployments deployments;
    private final Unplanned unplanned;
    private final Quarantine quarantine;
    private final Hosts hosts;
    private final Patches patches;
    private final Policies policies;
    private final GroupAutonomies autonomies;
    private final InstantSource clock;

    EscalateUnplanned(
            Database database,
            Deployments deployments,
            Unplanned unplanned,
            Quarantine quarantine,
            Hosts hosts,
            Patches patches,
            Policies policies,
            GroupAutonomies autonomies,
            InstantSource clock) {
        this.database = database;
        this.deployments = deployments;
        this.unplanned = unplanned;
        this.quarantine = quarantine;
        this.hosts = hosts;
        this.patches = patches;
        this.policies = policies;
        this.autonomies = autonomies;
        this.clock = clock;
    }

    /// Looks at every group that may be patched; to be called every minute.
    public void all() {
        Map<String, Escalation> known =
                unplanned.open().stream()
                        .collect(Collectors.toMap(Escalation::group, Function.identity()));
        Set<String> groups = groups();
        groups.addAll(known.keySet());
        for (String group : groups) {
            Optional<Escalation> before = Optional.ofNullable(known.get(group));
            database.inTransaction(() -> look(group, before));
        }
    }

    /// Those about which somebody decided that they are patched.
    private Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        policies.decided().forEach(policy -> groups.add(policy.group()));
        autonomies.decided().forEach(own -> groups.add(own.group()));
        groups.removeIf(group -> !patched(group));
        return groups;
    }

    private boolean patched(String group) {
        Autonomy autonomy = policies.forGroup(group).autonomy();
        return autonomy != Autonomy.OBSERVE || autonomies.forGroup(group).plans(autonomy);
    }

    private void look(String group, Optional<Escalation> before) {
        Instant now = clock.instant();
        Optional<Due> found = patched(group) ? find(group, now) : Optional.empty();
        if (found.isEmpty()) {
            before.ifPresent(
                    known -> unplanned.end(known, "Rollouts bring what is due, or nothing is."));
            return;
        }
        Due due = found.get();
        String sentence = sentence(group, due, now);
        if (before.isEmpty()) {
            unplanned.raise(group, due.patch(), due.deadline().due(), sentence);
            return;
        }
        Escalation known = before.get();
        boolean again = !known.acknowledged() && !now.isBefore(known.toldAt().plus(Escalate.AGAIN));
        if (again || !known.sentence().equals(sentence)) {
            unplanned.update(known, due.patch(), due.deadline().due(), sentence, again);
        }
    }

    private record Due(PatchId patch, Deadline deadline, int hosts) {}

    /// The patch that is due first of those that no rollout brings to any host of the group.
    private Optional<Due> find(String group, Instant now) {
        List<Due> endangered =
                patches.ranked(PatchFilter.ofGroup(group, true)).stream()
                        .filter(patch -> patch.deadline() != null)
                        .map(EscalateUnplanned::due)
                        .filter(due -> endangered(due.deadline(), now))
                        .sorted(Comparator.comparing(due -> due.deadline().due()))
                        .toList();
        if (endangered.isEmpty()) {
            return Optional.empty();
        }
        Map<PatchId, Set<HostId>> underWay =
                deployments.underWay(endangered.stream().map(Due::patch).toList());
        Set<HostId> own = hosts.inGroup(group).stream().map(Host::id).collect(Collectors.toSet());
        return endangered.stream()
                .filter(
                        due ->
                                Collections.disjoint(
                                        underWay.getOrDefault(due.patch(), Set.of()), own))
                .findFirst();
    }

    private static Due due(RankedPatch patch) {
        return new Due(patch.id(), Objects.requireNonNull(patch.deadline()), patch.hosts());
    }

    /// People are told when a quarter of the whole time is left to them.
    private static boolean endangered(Deadline deadline, Instant now) {
        Duration whole = Duration.between(deadline.clockStart(), deadline.due());
        Duration left = Duration.between(now, deadline.due());
        return left.compareTo(whole.dividedBy(Escalate.TIME_TO_ACT)) < 0
                && !now.isBefore(deadline.clockStart().plus(TIME_TO_BEGIN));
    }

    private String sentence(String group, Due due, Instant now) {
        boolean locked = quarantine.patches().contains(due.patch());
        return "%s is due on %s of group %s by %s (%s), and no rollout brings it%s. %s."
                .formatted(
                        due.patch(),
                        due.hosts() == 1 ? "a host" : due.hosts() + " hosts",
                        group,
                        Sentences.time(due.deadline().due()),
                        due.deadline().cve(),
                        locked ? ", since it is quarantined" : "",
                        now.isAfter(due.deadline().due())
                                ? "The deadline is missed already"
                                : "It is not met unless somebody acts");
    }
}
