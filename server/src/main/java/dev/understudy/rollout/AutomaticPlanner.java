package dev.understudy.rollout;

import dev.understudy.advisory.ExploitationListed;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.InventoryChanged;
import dev.understudy.fleet.Orders;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.governance.PolicyChanged;
import dev.understudy.platform.Database;
import dev.understudy.platform.Subscriptions;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody;
import dev.understudy.risk.PatchId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts rollouts by itself for groups whose policy says so: one per group at a time, for every
/// host that has a security patch pending which nothing speaks against. Under `APPROVE` such a
/// rollout waits for a person after its rehearsals.
public final class AutomaticPlanner {
    private static final String NAME = "rollout-planner";
    private static final Duration REFRESH_WITHIN = Duration.ofHours(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);

    private final Database database;
    private final Planning planning;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final StartRollout start;
    private final MoveRollout turn;
    private final AdvanceRollout advance;
    private final Quarantine quarantine;
    private final Hosts hosts;
    private final Inventories inventories;
    private final Orders orders;
    private final Policies policies;
    private final GroupAutonomies autonomies;
    private final DecideConsent consent;
    private final FleetStop stop;
    private final RolloutSettings settings;
    private final InstantSource clock;

    AutomaticPlanner(
            Database database,
            Planning planning,
            Rollouts rollouts,
            Deployments deployments,
            StartRollout start,
            MoveRollout turn,
            AdvanceRollout advance,
            Quarantine quarantine,
            Hosts hosts,
            Inventories inventories,
            Orders orders,
            Policies policies,
            GroupAutonomies autonomies,
            DecideConsent consent,
            FleetStop stop,
            RolloutSettings settings,
            InstantSource clock) {
        this.database = database;
        this.planning = planning;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.start = start;
        this.turn = turn;
        this.advance = advance;
        this.quarantine = quarantine;
        this.hosts = hosts;
        this.inventories = inventories;
        this.orders = orders;
        this.policies = policies;
        this.autonomies = autonomies;
        this.consent = consent;
        this.stop = stop;
        this.settings = settings;
        this.clock = clock;
    }

    public void subscribe(Subscriptions subscriptions) {
        subscriptions.on(
                InventoryChanged.class, NAME, told -> soon(hosts.get(told.host()).group()));
        subscriptions.on(PolicyChanged.class, NAME, told -> soon(told.policy().group()));
        subscriptions.on(AutonomyDecided.class, NAME, told -> soon(told.autonomy().group()));
        subscriptions.on(RolloutEnded.class, NAME, told -> soon(told.group()));
        subscriptions.on(RolloutHalted.class, NAME, told -> soon(told.group()));
        subscriptions.on(CulpritsFound.class, NAME, told -> soon(hosts.get(told.host()).group()));
        subscriptions.on(VersionReleased.class, NAME, _ -> considerAll());
        subscriptions.on(ExploitationListed.class, NAME, _ -> considerAllNow());
    }

    /// Has every group looked at that may have automatic rollouts; to be called now and then.
    public void considerAll() {
        groups().forEach(this::soon);
    }

    /// What is known to be exploited waits for nothing to settle.
    private void considerAllNow() {
        groups().stream()
                .filter(this::automatic)
                .forEach(group -> planning.dueNow(group, clock.instant()));
    }

    /// Those that somebody decided about.
    private Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        policies.decided().forEach(policy -> groups.add(policy.group()));
        autonomies.decided().forEach(own -> groups.add(own.group()));
        return groups;
    }

    /// Looks at the groups that are due; to be called every few seconds.
    public void planDue() {
        planning.due(clock.instant())
                .forEach(
                        group ->
                                database.inTransaction(
                                        () -> {
                                            if (planning.take(group)) {
                                                plan(group);
                                            }
                                        }));
    }

    private void soon(String group) {
        if (!group.isEmpty() && automatic(group)) {
            planning.due(group, clock.instant().plus(settings.debounce()));
        }
    }

    private boolean automatic(String group) {
        return autonomies.forGroup(group).plans(policies.forGroup(group).autonomy());
    }

    private void plan(String group) {
        if (!automatic(group) || stop.current().isPresent()) {
            return;
        }
        if (rollouts.automaticOpen(group)) {
            rollouts.waitingAutomatic(group).ifPresent(id -> giveWay(rollouts.lock(id)));
            return;
        }
        Instant now = clock.instant();
        Set<PatchId> locked = quarantine.patches();
        DecideConsent.GroupTerms terms = consent.groups(true).apply(group);
        Map<HostId, Set<PatchId>> refused = new HashMap<>();
        List<ChooseTurn.Ready> ready = new ArrayList<>();
        for (Host host : hosts.inGroup(group)) {
            if (!host.managed()
                    || start.offline(host, now)
                    || deployments.open(host.id()).isPresent()) {
                continue;
            }
            Optional<Inventory> inventory = inventories.latest(host.id());
            if (inventory.isEmpty() || refreshedFirst(host, inventory.get(), now)) {
                continue;
            }
            Set<PatchId> notHere = refused(host.id());
            Set<PatchId> without = new HashSet<>(locked);
            without.addAll(notHere);
            without.addAll(start.excepted(host.id()));
            PlanHost.plan(inventory.get(), new Selection.AllSecurity(), without)
                    .ifPresent(
                            plan -> {
                                refused.put(host.id(), notHere);
                                ready.add(
                                        new ChooseTurn.Ready(
                                                host,
                                                plan,
                                                consent.of(
                                                        host.id(), plan, inventory.get(), terms)));
                            });
        }
        ChooseTurn.of(ready, one -> rested(one.host().id(), one.plan(), now))
                .ifPresent(
                        next ->
                                start.automatically(
                                        group,
                                        next.hosts(),
                                        next.selection(),
                                        host -> refused.getOrDefault(host, Set.of())));
    }

    /// What only waits makes room for an emergency on one of its hosts, which goes next.
    private void giveWay(Rollout waiting) {
        boolean waits =
                waiting.state() instanceof Rollout.State.Rehearsing
                        || RolloutLifecycle.approvable(waiting.state()) != null;
        if (!waits || waiting.terms().consent().emergency()) {
            return;
        }
        DecideConsent.GroupTerms terms = consent.groups(true).apply(waiting.group());
        Set<PatchId> locked = quarantine.patches();
        deployments.of(waiting.id()).stream()
                .filter(Deployment::open)
                .flatMap(d -> emergencies(d.host(), locked, terms))
                .findFirst()
                .ifPresent(
                        ruling ->
                                advance.advance(
                                        turn.happen(
                                                waiting,
                                                new Rollout.Event.GaveWay(
                                                        "Nothing was begun; it gave way to an emergency: %s."
                                                                .formatted(ruling.sentence())),
                                                NextMoves.MACHINE)));
    }

    private Stream<Ruling> emergencies(
            HostId host, Set<PatchId> locked, DecideConsent.GroupTerms terms) {
        Set<PatchId> without = new HashSet<>(locked);
        without.addAll(refused(host));
        without.addAll(start.excepted(host));
        return inventories.latest(host).stream()
                .flatMap(
                        inventory ->
                                PlanHost.plan(inventory, new Selection.AllSecurity(), without)
                                        .map(plan -> consent.of(host, plan, inventory, terms))
                                        .orElse(List.of())
                                        .stream())
                .filter(ruling -> ruling.emergency() && ruling.autonomy().plans());
    }

    private Set<PatchId> refused(HostId host) {
        return deployments.refusedByPeople(host).stream()
                .map(refused -> PatchId.parse(refused.patch()))
                .collect(Collectors.toSet());
    }

    /// A host whose package lists are old fetches them first; what it then reports is planned for.
    private boolean refreshedFirst(Host host, Inventory inventory, Instant now) {
        Instant asOf = inventory.metadataAsOf();
        if (asOf != null && asOf.plus(settings.refresh()).isAfter(now)) {
            return false;
        }
        boolean asked =
                orders.of(host.id(), 50).stream()
                        .filter(order -> order.body() instanceof OrderBody.Refresh)
                        .anyMatch(
                                order -> order.state().open() || justAsked(order.issuedAt(), now));
        if (!asked) {
            orders.issue(host.id(), new OrderBody.Refresh(), REFRESH_WITHIN);
        }
        return true;
    }

    private static boolean justAsked(Instant issued, Instant now) {
        return issued.plus(REFRESH_WITHIN).isAfter(now);
    }

    /// A plan that came to nothing on this host is tried again after an hour, then two, then four.
    private boolean rested(HostId host, HostPlan plan, Instant now) {
        Deployments.Failures failures = deployments.failures(host, plan.plan().digest());
        if (failures.times() == 0) {
            return true;
        }
        Duration wait = Duration.ofHours(1L << Math.min(failures.times() - 1, 5));
        Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        return failures.last().plus(bounded).isBefore(now);
    }
}
