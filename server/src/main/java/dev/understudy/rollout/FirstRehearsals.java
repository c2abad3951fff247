package dev.understudy.rollout;

import dev.understudy.governance.Trials;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.rehearsal.RehearsalClass;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who rehearses before the first host is patched, and what follows from those that failed. A
/// failure halts, unless policy lets failed classes be left out, the host's configuration tells it
/// apart, the failed classes are few, and every patch of theirs passed elsewhere in the rollout.
final class FirstRehearsals {
    private final List<Deployment> deployments;
    private final Map<HostId, HostSeen> seen;
    private final Trials trials;
    private final Classes classes;
    private final Map<RehearsalClass, List<Deployment>> members = new HashMap<>();
    private final Map<RehearsalClass, Deployment> failed = new HashMap<>();

    FirstRehearsals(
            List<Deployment> deployments,
            Map<HostId, HostSeen> seen,
            Trials trials,
            Classes classes) {
        this.deployments = deployments;
        this.seen = seen;
        this.trials = trials;
        this.classes = classes;
        if (trials.equals(Trials.USUAL)) {
            return;
        }
        for (Deployment d : deployments) {
            if (d.plan() != null) {
                members.computeIfAbsent(classes.of(d), _ -> new ArrayList<>()).add(d);
                if (d.state() instanceof State.FailedInTwin) {
                    failed.putIfAbsent(classes.of(d), d);
                }
            }
        }
    }

    /// Why the rollout halts now, if it does.
    Optional<String> halts() {
        for (Deployment d : deployments) {
            if (!d.failure().isEmpty()) {
                Optional<String> why = fatal(d);
                if (why.isPresent()) {
                    return Optional.of(
                            "%s: its rehearsal failed. %s%s"
                                    .formatted(
                                            HostSeen.name(seen, d.host()),
                                            Sentences.of(d.failure()),
                                            why.get()));
                }
            }
        }
        return Optional.empty();
    }

    /// Why this failure halts; nothing to add where any does.
    private Optional<String> fatal(Deployment d) {
        if (!trials.leavesOut()) {
            return Optional.of("");
        }
        if (!classes.known(d)) {
            return Optional.of(" Nothing is known that tells it apart from other hosts.");
        }
        Optional<Deployment> passed =
                members.getOrDefault(classes.of(d), List.of()).stream()
                        .filter(FirstRehearsals::passed)
                        .findFirst();
        if (passed.isPresent()) {
            return Optional.of(
                    " %s, which is set up alike, passed: no configuration tells who fails."
                            .formatted(HostSeen.name(seen, passed.get().host())));
        }
        long all = members.values().stream().filter(FirstRehearsals::takesPart).count();
        long hosts = members.values().stream().mapToLong(FirstRehearsals::counted).sum();
        long lost =
                failed.keySet().stream()
                        .mapToLong(one -> counted(members.getOrDefault(one, List.of())))
                        .sum();
        boolean many = exceeds(failed.size(), all) || exceeds(lost, hosts);
        return many
                ? Optional.of(
                        " %d of %d classes and %d of %d hosts cannot have it, more than the %s %% that may be left out."
                                .formatted(failed.size(), all, lost, hosts, percent()))
                : Optional.empty();
    }

    private String percent() {
        return Double.toString(trials.leaveOutPercent()).replaceFirst("\\.0$", "");
    }

    private boolean exceeds(long part, long whole) {
        return 100.0 * part > trials.leaveOutPercent() * whole;
    }

    private static boolean takesPart(List<Deployment> members) {
        return counted(members) > 0;
    }

    private static long counted(List<Deployment> members) {
        return members.stream()
                .filter(d -> d.untouched() || d.state() instanceof State.FailedInTwin || leftOut(d))
                .count();
    }

    private static boolean leftOut(Deployment d) {
        return d.state() instanceof State.Skipped(Skip why, _, _) && why == Skip.CLASS_FAILED;
    }

    /// Why the rollout halts although few classes failed, once no more is to come: what failed has
    /// passed nowhere else, so nothing says that the configuration is to blame.
    Optional<String> unproved() {
        Set<PatchId> passed = new HashSet<>();
        takers().stream()
                .filter(d -> passed(d) || spoken(classes.of(d)))
                .forEach(d -> passed.addAll(d.getPlan().patches()));
        return failed.values().stream()
                .filter(d -> !passed.containsAll(d.getPlan().patches()))
                .findFirst()
                .map(
                        d ->
                                "%s: its rehearsal failed. %s No rehearsal elsewhere shows that its configuration is to blame, and not the patch."
                                        .formatted(
                                                HostSeen.name(seen, d.host()),
                                                Sentences.of(d.failure())));
    }

    /// A host that is not asked because one like it failed.
    record LeftOut(Deployment deployment, OrderId rehearsal, String reason) {}

    List<LeftOut> leftOut() {
        List<LeftOut> out = new ArrayList<>();
        if (!trials.leavesOut()) {
            return out;
        }
        failed.forEach(
                (each, d) -> {
                    if (d.state() instanceof State.FailedInTwin(OrderId rehearsal, var reasons)) {
                        String why =
                                "Left out: the rehearsal failed on %s at %s, which has the same packages, configuration and services. %s"
                                        .formatted(
                                                HostSeen.name(seen, d.host()),
                                                Sentences.time(d.since()),
                                                Sentences.of(reasons));
                        members.getOrDefault(each, List.of()).stream()
                                .filter(other -> other.state() instanceof State.Planned)
                                .forEach(other -> out.add(new LeftOut(other, rehearsal, why)));
                    }
                });
        return out;
    }

    /// The hosts that have to rehearse now.
    List<Deployment> asked() {
        if (trials.who() == Trials.Who.EVERY_HOST) {
            return deployments.stream()
                    .filter(d -> d.state() instanceof State.Planned)
                    .filter(d -> failed.isEmpty() || !failed.containsKey(classes.of(d)))
                    .toList();
        }
        Set<String> extended = new HashSet<>();
        members.forEach(
                (each, hosts) -> {
                    if (hosts.stream().anyMatch(d -> d.getPlan().extended())) {
                        extended.add(each.makeup());
                    }
                });
        List<Deployment> asked = new ArrayList<>();
        members.forEach(
                (each, hosts) -> {
                    List<Deployment> planned =
                            hosts.stream().filter(d -> d.state() instanceof State.Planned).toList();
                    if (failed.containsKey(each)) {
                        return;
                    }
                    planned.stream().filter(FirstRehearsals::afresh).forEach(asked::add);
                    if (extended.contains(each.makeup())
                            || (!spoken(each) && proveNothing(hosts))) {
                        planned.stream().filter(d -> !afresh(d)).forEach(asked::add);
                    } else if (!spoken(each) && hosts.stream().noneMatch(FirstRehearsals::at)) {
                        planned.stream().filter(d -> !afresh(d)).limit(1).forEach(asked::add);
                    }
                });
        return asked;
    }

    private static boolean afresh(Deployment d) {
        return d.state() instanceof State.Planned(boolean afresh) && afresh;
    }

    private static boolean at(Deployment d) {
        return d.state() instanceof State.Rehearsing || afresh(d);
    }

    /// Where a first host could not tell, all others are asked at once rather than one by one.
    private static boolean proveNothing(List<Deployment> hosts) {
        return hosts.stream().anyMatch(d -> d.attempts() > 0 && d.state() instanceof State.Skipped);
    }

    /// Whether a rehearsal speaks for the class.
    private boolean spoken(RehearsalClass each) {
        return !failed.containsKey(each)
                && (classes.passed(each).isPresent()
                        || members.getOrDefault(each, List.of()).stream()
                                .anyMatch(FirstRehearsals::passed));
    }

    /// What a person accepted although nothing was proved is no evidence for others.
    static boolean passed(Deployment d) {
        return d.state() instanceof State.Rehearsed(_, var accepted) && accepted == null;
    }

    /// The hosts that are to be patched: whose rehearsal passed, or that rehearse right before
    /// their turn because one speaks for their class.
    List<Deployment> takers() {
        return deployments.stream()
                .filter(
                        d ->
                                d.state() instanceof State.Rehearsed
                                        || (d.state() instanceof State.Planned
                                                && trials.who() == Trials.Who.PER_CLASS
                                                && spoken(classes.of(d))))
                .toList();
    }
}
