package dev.understudy.rollout;

import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Policy;
import dev.understudy.learning.LearningModule;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pump;
import dev.understudy.platform.Subscriptions;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rehearsal.FollowRehearsals;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.risk.FindingExceptions;
import dev.understudy.risk.HazardSettings;
import dev.understudy.risk.Patches;
import dev.understudy.risk.exposure.FollowDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// A control plane on a real database with simulated hosts, in which time moves by hand.
final class World {
    final ManualClock clock;
    final List<SimulatedAgent> agents = new ArrayList<>();

    /// Why monitoring lets no wave of a group be promoted.
    final Map<String, String> doubts = new HashMap<>();

    TestFleet fleet;
    Policies policies;
    Rehearsals rehearsals;
    Feeds feeds;
    FindingExceptions exceptions;
    Patches patches;
    RolloutModule module;
    LearningModule learning;
    private FollowRehearsals followRehearsals;
    private Pump pump;

    World(Database database) {
        this(database, new ManualClock());
    }

    private World(Database database, ManualClock clock) {
        this.clock = clock;
        fleet = TestFleet.on(database, clock);
        policies = new Policies(database, fleet.audit, fleet.outbox, clock);
        rehearsals = new Rehearsals(database);
        RequestRehearsal request =
                new RequestRehearsal(
                        database,
                        rehearsals,
                        fleet.orders,
                        fleet.hosts,
                        fleet.inventories,
                        fleet.audit,
                        clock);
        followRehearsals =
                new FollowRehearsals(database, rehearsals, fleet.outbox, fleet.audit, clock);
        feeds = TestFeeds.on(database, clock, new OsvFormat(), new KevFormat());
        exceptions = new FindingExceptions(database, fleet.audit, clock);
        patches =
                new Patches(
                        database,
                        fleet.inventories,
                        feeds,
                        new FollowDatabase(database, clock),
                        HazardSettings.USUAL,
                        clock);
        learning = new LearningModule(database, clock);
        module =
                RolloutModule.of(
                        new RolloutModule.Needs(
                                database,
                                fleet.outbox,
                                fleet.audit,
                                policies,
                                fleet.stop,
                                fleet.hosts,
                                fleet.inventories,
                                fleet.maintenance,
                                fleet.orders,
                                rehearsals,
                                request,
                                patches,
                                clock),
                        RolloutSettings.USUAL,
                        learning.forecasts(),
                        group -> Optional.ofNullable(doubts.get(group)));
        fleet.quarantined = new TellQuarantine(module.quarantine(), clock);
        Subscriptions subscriptions = new Subscriptions(database, clock);
        followRehearsals.subscribe(subscriptions);
        module.follow().subscribe(subscriptions);
        module.followPatches().subscribe(subscriptions);
        module.planner().subscribe(subscriptions);
        learning.subscribe(subscriptions);
        pump = new Pump(subscriptions);
    }

    /// The same world after its control plane was started anew over this database.
    World restarted(Database database) {
        World next = new World(database, clock);
        next.agents.addAll(agents);
        return next;
    }

    SimulatedAgent agent(String name, String... packages) {
        SimulatedAgent agent = new SimulatedAgent(fleet, name, "web", packages);
        agents.add(agent);
        return agent;
    }

    void policy(Autonomy autonomy) {
        policies.put(
                "token:alice",
                new Policy(
                        "web", autonomy, 1, Duration.ofSeconds(30), 50, RebootPolicy.WHEN_NEEDED));
    }

    /// Everyone does once what there is to do; then five seconds pass.
    void tick() {
        pump.run();
        module.planner().planDue();
        module.advance().all();
        followRehearsals.giveUpSilent();
        learning.scoreDue();
        fleet.expireOrders.run();
        pump.run();
        agents.forEach(agent -> agent.tick(fleet));
        pump.run();
        clock.pass(Duration.ofSeconds(5));
    }

    void ticks(int times) {
        for (int i = 0; i < times; i++) {
            tick();
        }
    }

    void until(BooleanSupplier reached) {
        for (int i = 0; i < 1000; i++) {
            if (reached.getAsBoolean()) {
                return;
            }
            tick();
        }
        throw new AssertionError("never came: " + describe());
    }

    Rollout newest() {
        List<Rollout> all = module.rollouts().newest(1);
        if (all.isEmpty()) {
            throw new AssertionError("there is no rollout");
        }
        return all.getFirst();
    }

    boolean ended() {
        List<Rollout> all = module.rollouts().newest(1);
        return !all.isEmpty() && !all.getFirst().open();
    }

    Deployment of(SimulatedAgent agent) {
        return module.deployments().ofHost(agent.host, 1).getFirst();
    }

    List<String> quarantined() {
        return module.quarantine().entries().stream()
                .filter(entry -> !entry.suspected())
                .map(entry -> entry.patch().source())
                .sorted()
                .toList();
    }

    String describe() {
        return module.rollouts().newest(5).stream()
                .map(
                        rollout ->
                                rollout
                                        + "\n  "
                                        + module.deployments().of(rollout.id()).stream()
                                                .map(Deployment::toString)
                                                .collect(Collectors.joining("\n  ")))
                .collect(Collectors.joining("\n"));
    }
}
