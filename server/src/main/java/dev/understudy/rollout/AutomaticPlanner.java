package dev.understudy.rollout;

import dev.understudy.advisory.ExploitationListed;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.InventoryChanged;
import dev.understudy.fleet.IssuedOrder;
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
import java.util.Comparator;
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

    /// How long a rollout waits for hosts that fetch their package lists, to begin with all of its
    /// hosts rather than with the first that heard of a patch.
    private static final Duration LISTS_WITHIN = Duration.ofMinutes(20);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

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
        Wanting wanting = look(group, now);
        Optional<Instant> evenAt = listsEvenAt(wanting.laggards(), now);
        if (evenAt.isPresent() && !wanting.emergency()) {
            Instant soon = now.plus(LOOK_AGAIN);
            planning.due(group, soon.isBefore(evenAt.get()) ? soon : evenAt.get());
            return;
        }
        ChooseTurn.of(wanting.ready(), one -> rested(one.host().id(), one.plan(), now))
                .ifPresent(
                        next ->
                                start.automatically(
                                        group,
                                        next.hosts(),
                                        next.selection(),
                                        host -> wanting.refused().getOrDefault(host, Set.of())));
    }

    /// A group's hosts that could get something now.
    ///
    /// @param refused what people refused for each of them
    private record Wanting(
            List<ChooseTurn.Ready> ready, Map<HostId, Set<PatchId>> refused, Laggards laggards) {
        boolean emergency() {
            return ready.stream()
                    .flatMap(one -> one.rulings().stream())
                    .anyMatch(Ruling::emergency);
        }
    }

    /// Hosts whose package lists are old are asked to fetch them, and left for later.
    private Wanting look(String group, Instant now) {
        Quarantine.Locked locked = quarantine.locked();
        DecideConsent.GroupTerms terms = consent.groups(true).apply(group);
        Wanting wanting = new Wanting(new ArrayList<>(), new HashMap<>(), new Laggards());
        for (Host host : hosts.inGroup(group)) {
            if (!host.managed()
                    || start.offline(host, now)
                    || deployments.open(host.id()).isPresent()) {
                continue;
            }
            Optional<Inventory> inventory = inventories.latest(host.id());
            if (inventory.isEmpty()) {
                continue;
            }
            Instant lists = inventory.get().metadataAsOf();
            if (lists == null || lists.plus(settings.refresh()).isBefore(now)) {
                refreshing(host, now);
                continue;
            }
            Set<PatchId> notHere = refused(host.id());
            Set<PatchId> without = new HashSet<>(locked.on(inventory.get()));
            without.addAll(notHere);
            without.addAll(start.excepted(host.id()));
            Optional<HostPlan> plan =
                    PlanHost.plan(inventory.get(), new Selection.AllSecurity(), without);
            wanting.laggards().see(host, lists, plan.map(HostPlan::patches).orElse(List.of()));
            if (plan.isPresent()) {
                wanting.refused().put(host.id(), notHere);
                wanting.ready()
                        .add(
                                new ChooseTurn.Ready(
                                        host,
                                        plan.get(),
                                        consent.of(host.id(), plan.get(), inventory.get(), terms)));
            }
        }
        return wanting;
    }

    /// Has the hosts fetch their package lists that are too old to name what is pending on others.
    /// Empty if nothing is waited for, otherwise the latest time to go on without them.
    private Optional<Instant> listsEvenAt(Laggards laggards, Instant now) {
        return laggards.find(inventories::latest).stream()
                .flatMap(host -> refreshing(host, now).stream())
                .map(asked -> asked.plus(LISTS_WITHIN))
                .filter(now::isBefore)
                .max(Comparator.naturalOrder());
    }

    /// Has the host fetch its package lists unless it was asked to within the last hour. Gives when
    /// it was asked if it has not answered yet; what it then reports is planned for.
    private Optional<Instant> refreshing(Host host, Instant now) {
        List<IssuedOrder> asked =
                orders.of(host.id(), 50).stream()
                        .filter(order -> order.body() instanceof OrderBody.Refresh)
                        .filter(order -> order.state().open() || justAsked(order.issuedAt(), now))
                        .toList();
        if (asked.isEmpty()) {
            orders.issue(host.id(), new OrderBody.Refresh(), REFRESH_WITHIN);
            return Optional.of(now);
        }
        return asked.stream()
                .filter(order -> order.state().open())
                .map(IssuedOrder::issuedAt)
                .min(Comparator.naturalOrder());
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
        Quarantine.Locked locked = quarantine.locked();
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
            HostId host, Quarantine.Locked locked, DecideConsent.GroupTerms terms) {
        Set<PatchId> notHere = new HashSet<>(refused(host));
        notHere.addAll(start.excepted(host));
        return inventories.latest(host).stream()
                .flatMap(
                        inventory -> {
                            Set<PatchId> without = new HashSet<>(locked.on(inventory));
                            without.addAll(notHere);
                            return PlanHost.plan(inventory, new Selection.AllSecurity(), without)
                                    .map(plan -> consent.of(host, plan, inventory, terms))
                                    .orElse(List.of())
                                    .stream();
                        })
                .filter(ruling -> ruling.emergency() && ruling.autonomy().plans());
    }

    private Set<PatchId> refused(HostId host) {
        return deployments.refusedByPeople(List.of(host)).getOrDefault(host, List.of()).stream()
                .map(refused -> PatchId.parse(refused.patch()))
                .collect(Collectors.toSet());
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
