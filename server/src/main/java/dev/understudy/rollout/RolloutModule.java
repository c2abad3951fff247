package dev.understudy.rollout;

import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.Orders;
import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Subscriptions;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.risk.Patches;
import java.time.Duration;
import java.time.InstantSource;

/// The parts of this module, put together.
///
/// @param advance moves rollouts on
public record RolloutModule(
        Rollouts rollouts,
        Deployments deployments,
        Quarantine quarantine,
        Investigations investigations,
        Diary diary,
        Certificates certificates,
        StartRollout start,
        SteerRollout steer,
        DecideHost decide,
        AdvanceRollout advance,
        AutomaticPlanner planner,
        FollowHosts follow,
        FollowPatches followPatches,
        RolloutReasons reasons) {

    /// What it needs of the modules below.
    public record Needs(
            Database database,
            Outbox outbox,
            AuditTrail audit,
            Policies policies,
            FleetStop stop,
            Hosts hosts,
            Inventories inventories,
            Maintenance maintenance,
            Orders orders,
            Rehearsals rehearsals,
            RequestRehearsal rehearse,
            Patches patches,
            InstantSource clock) {}

    public static RolloutModule of(
            Needs needs, RolloutSettings settings, FailureForecast forecast) {
        return of(needs, settings, new CertifiedGate(new EveryHostInEffect()), forecast);
    }

    private static RolloutModule of(
            Needs n, RolloutSettings settings, Gate gate, FailureForecast forecast) {
        Rollouts rollouts = new Rollouts(n.database());
        Deployments deployments = new Deployments(n.database());
        Diary diary = new Diary(n.database(), n.clock());
        Quarantine quarantine = new Quarantine(n.database(), n.audit(), n.outbox(), n.clock());
        Investigations investigations = new Investigations(n.database());
        Investigate investigate =
                new Investigate(
                        investigations,
                        deployments,
                        n.hosts(),
                        quarantine,
                        n.rehearse(),
                        settings.rehearsal(),
                        diary,
                        n.audit(),
                        n.outbox(),
                        n.clock());
        MoveDeployment move =
                new MoveDeployment(
                        deployments,
                        investigate,
                        n.orders(),
                        diary,
                        n.audit(),
                        n.outbox(),
                        n.clock());
        Certificates certificates = new Certificates(n.database(), n.clock());
        RecordEvidence evidence = new RecordEvidence(certificates);
        GoOn goOn = new GoOn(deployments, move, evidence);
        Certification certification = new Certification(n.hosts(), n.inventories());
        AssignWaves assignWaves =
                new AssignWaves(certificates, certification, move, diary, forecast);
        MoveRollout turn = new MoveRollout(rollouts, diary, n.audit(), n.outbox(), n.clock());
        AdvanceRollout advance =
                new AdvanceRollout(
                        n.database(),
                        rollouts,
                        deployments,
                        move,
                        turn,
                        n.rehearsals(),
                        n.rehearse(),
                        n.orders(),
                        n.hosts(),
                        n.inventories(),
                        n.maintenance(),
                        n.stop(),
                        quarantine,
                        gate,
                        assignWaves,
                        evidence,
                        goOn,
                        settings,
                        n.clock());
        StartRollout start =
                new StartRollout(
                        n.database(),
                        rollouts,
                        deployments,
                        advance,
                        quarantine,
                        assignWaves,
                        certification,
                        n.hosts(),
                        n.inventories(),
                        n.patches(),
                        n.policies(),
                        diary,
                        n.audit(),
                        n.outbox(),
                        settings,
                        n.clock());
        return new RolloutModule(
                rollouts,
                deployments,
                quarantine,
                investigations,
                diary,
                certificates,
                start,
                new SteerRollout(
                        n.database(),
                        rollouts,
                        deployments,
                        turn,
                        move,
                        advance,
                        evidence,
                        goOn,
                        n.hosts()),
                new DecideHost(
                        n.database(),
                        rollouts,
                        deployments,
                        turn,
                        move,
                        advance,
                        quarantine,
                        n.rehearsals(),
                        n.hosts(),
                        n.audit()),
                advance,
                new AutomaticPlanner(
                        n.database(),
                        new Planning(n.database()),
                        rollouts,
                        deployments,
                        start,
                        quarantine,
                        n.hosts(),
                        n.inventories(),
                        n.orders(),
                        n.policies(),
                        n.stop(),
                        settings,
                        n.clock()),
                new FollowHosts(
                        n.database(),
                        rollouts,
                        deployments,
                        move,
                        advance,
                        investigate,
                        quarantine,
                        n.rehearsals(),
                        n.inventories(),
                        diary),
                new FollowPatches(
                        n.database(),
                        rollouts,
                        deployments,
                        move,
                        turn,
                        advance,
                        quarantine,
                        n.patches()),
                new RolloutReasons(
                        rollouts,
                        deployments,
                        quarantine,
                        n.hosts(),
                        n.maintenance(),
                        n.policies(),
                        n.stop(),
                        n.clock()));
    }

    /// Subscribes to what hosts tell, and names the jobs that keep rollouts going.
    public void connect(Subscriptions subscriptions, Jobs jobs) {
        follow.subscribe(subscriptions);
        followPatches.subscribe(subscriptions);
        planner.subscribe(subscriptions);
        jobs.every("rollout-advance", Duration.ofSeconds(2), advance::all);
        jobs.every("rollout-plan", Duration.ofSeconds(3), planner::planDue);
        jobs.every("rollout-consider", Duration.ofMinutes(5), planner::considerAll);
    }
}
