package dev.understudy.rollout;

import dev.understudy.fleet.HaGroups;
import dev.understudy.fleet.HostSequence;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.OrderTimes;
import dev.understudy.fleet.Orders;
import dev.understudy.fleet.Symptoms;
import dev.understudy.fleet.WorkGate;
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
        GroupAutonomies autonomies,
        Approvals approvals,
        Objections objections,
        ConsentViews consents,
        Escalations escalations,
        Escalate escalate,
        EscalateUnplanned escalateUnplanned,
        StartRollout start,
        SteerRollout steer,
        DecideHost decide,
        AdvanceRollout advance,
        AutomaticPlanner planner,
        FollowHosts follow,
        FollowPatches followPatches,
        RolloutReasons reasons,
        RehearsalViews rehearsals,
        WorkGate work,
        PlanRollout plan) {

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
        return of(needs, settings, forecast, HealthSignals.NONE);
    }

    public static RolloutModule of(
            Needs n, RolloutSettings settings, FailureForecast forecast, HealthSignals signals) {
        Gate gate = new CertifiedGate(new EveryHostInEffect());
        Rollouts rollouts = new Rollouts(n.database());
        Makeups makeups = new Makeups(n.database());
        Deployments deployments = new Deployments(n.database());
        GroupAutonomies autonomies =
                new GroupAutonomies(n.database(), n.audit(), n.outbox(), n.clock());
        DecideConsent consent =
                new DecideConsent(
                        n.policies(), autonomies, n.hosts(), n.inventories(), n.patches());
        Diary diary = new Diary(n.database(), n.clock());
        Quarantine quarantine = new Quarantine(n.database(), n.audit(), n.outbox(), n.clock());
        Investigations investigations = new Investigations(n.database());
        Investigate investigate =
                new Investigate(
                        investigations,
                        deployments,
                        rollouts,
                        makeups,
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
        TellSilent tell = new TellSilent(n.outbox());
        RecordEvidence evidence = new RecordEvidence(certificates, tell);
        Symptoms symptoms = new Symptoms(n.database());
        Attribute attribute =
                new Attribute(
                        certificates,
                        deployments,
                        symptoms,
                        diary,
                        quarantine,
                        signals,
                        tell,
                        settings.hearing());
        WorkGate work =
                new WorkGate(
                        n.database(),
                        n.clock(),
                        settings.offline(),
                        new HealthFromRollouts(n.database()));
        HaGroups haGroups = new HaGroups(n.database(), n.audit(), n.clock());
        OrderTimes times = new OrderTimes(n.database());
        Urgency urgency = new Urgency(deployments, n.patches(), times);
        Certification certification =
                new Certification(
                        n.hosts(),
                        n.inventories(),
                        haGroups,
                        new HostSequence(n.database(), n.hosts(), n.audit()),
                        urgency);
        GoOn goOn = new GoOn(deployments, move, evidence, certification);
        AssignWaves assignWaves =
                new AssignWaves(certificates, certification, move, diary, urgency, forecast);
        MoveRollout turn = new MoveRollout(rollouts, diary, n.audit(), n.outbox(), n.clock());
        Approvals approvals = new Approvals(n.database(), n.audit(), n.clock());
        Objections objections = new Objections(n.database(), n.clock());
        Triages triages =
                new Triages(n.database(), rollouts, diary, n.audit(), n.outbox(), n.clock());
        EscalationTrail trail = new EscalationTrail(n.database(), n.audit(), n.outbox(), n.clock());
        Unplanned unplanned = new Unplanned(n.database(), trail, n.clock());
        Escalations escalations = new Escalations(n.database(), trail, n.clock(), unplanned);
        BindApproval bind =
                new BindApproval(
                        deployments,
                        approvals,
                        consent,
                        turn,
                        n.hosts(),
                        n.maintenance(),
                        n.outbox(),
                        n.clock());
        AdvanceRollout advance =
                new AdvanceRollout(
                        n.database(),
                        rollouts,
                        deployments,
                        certificates,
                        move,
                        turn,
                        makeups,
                        n.rehearsals(),
                        n.rehearse(),
                        n.orders(),
                        n.hosts(),
                        new Overdue(move, n.orders(), n.inventories(), settings),
                        n.maintenance(),
                        work,
                        n.stop(),
                        quarantine,
                        gate,
                        assignWaves,
                        bind,
                        attribute,
                        evidence,
                        goOn,
                        settings,
                        n.clock());
        StartRollout start =
                new StartRollout(
                        n.database(),
                        rollouts,
                        deployments,
                        makeups,
                        advance,
                        quarantine,
                        assignWaves,
                        certification,
                        n.hosts(),
                        n.inventories(),
                        n.patches(),
                        new SettleTerms(n.policies(), autonomies, consent),
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
                autonomies,
                approvals,
                objections,
                new ConsentViews(rollouts, approvals, objections, escalations, triages, bind),
                escalations,
                new Escalate(
                        n.database(),
                        rollouts,
                        deployments,
                        escalations,
                        n.hosts(),
                        n.maintenance(),
                        n.patches(),
                        turn,
                        settings,
                        n.clock()),
                new EscalateUnplanned(
                        n.database(),
                        deployments,
                        unplanned,
                        quarantine,
                        n.hosts(),
                        n.patches(),
                        n.policies(),
                        autonomies,
                        n.clock()),
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
                        new SoakAgain(
                                certificates, symptoms, n.inventories(), diary, move, n.clock()),
                        bind,
                        quarantine,
                        objections,
                        n.hosts()),
                new DecideHost(
                        n.database(),
                        rollouts,
                        deployments,
                        turn,
                        move,
                        advance,
                        quarantine,
                        makeups,
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
                        turn,
                        advance,
                        quarantine,
                        n.hosts(),
                        n.inventories(),
                        n.orders(),
                        n.policies(),
                        autonomies,
                        consent,
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
                        symptoms,
                        triages,
                        diary,
                        n.clock()),
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
                        n.database(),
                        rollouts,
                        deployments,
                        quarantine,
                        n.hosts(),
                        n.inventories(),
                        n.maintenance(),
                        work,
                        n.policies(),
                        n.stop(),
                        n.clock()),
                new RehearsalViews(
                        n.database(), rollouts, deployments, makeups, n.rehearsals(), n.clock()),
                work,
                new PlanRollout(
                        rollouts,
                        deployments,
                        assignWaves,
                        urgency,
                        times,
                        n.hosts(),
                        n.maintenance(),
                        work,
                        settings,
                        n.clock()));
    }

    /// Subscribes to what hosts tell, and names the jobs that keep rollouts going.
    public void connect(Subscriptions subscriptions, Jobs jobs) {
        follow.subscribe(subscriptions);
        followPatches.subscribe(subscriptions);
        planner.subscribe(subscriptions);
        jobs.every("rollout-advance", Duration.ofSeconds(2), advance::all);
        jobs.every("rollout-plan", Duration.ofSeconds(3), planner::planDue);
        jobs.every("rollout-escalate", Duration.ofMinutes(1), escalate::all);
        jobs.every("rollout-escalate-unplanned", Duration.ofMinutes(1), escalateUnplanned::all);
        jobs.every("rollout-consider", Duration.ofMinutes(5), planner::considerAll);
    }
}
