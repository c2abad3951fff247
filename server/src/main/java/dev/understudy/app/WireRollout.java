package dev.understudy.app;

import dev.understudy.fleet.ForgetOld;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.Orders;
import dev.understudy.fleet.Quarantined;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.integration.QueriedSignals;
import dev.understudy.learning.LearningModule;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Subscriptions;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.risk.Patches;
import dev.understudy.risk.ReasonSource;
import dev.understudy.rollout.ChoosePlan;
import dev.understudy.rollout.ConsentViews;
import dev.understudy.rollout.DecideHost;
import dev.understudy.rollout.Diary;
import dev.understudy.rollout.Escalations;
import dev.understudy.rollout.GroupAutonomies;
import dev.understudy.rollout.PlanRollout;
import dev.understudy.rollout.Quarantine;
import dev.understudy.rollout.RehearsalViews;
import dev.understudy.rollout.Rollout;
import dev.understudy.rollout.RolloutModule;
import dev.understudy.rollout.RolloutViews;
import dev.understudy.rollout.Rollouts;
import dev.understudy.rollout.StartRollout;
import dev.understudy.rollout.SteerRollout;
import dev.understudy.rollout.TellQuarantine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `rollout`: what moves rollouts on, and what people see and do.
@Configuration(proxyBeanMethods = false)
class WireRollout {
    private static final int MOST_ROLLOUTS = 10_000;

    @Bean
    RolloutModule rolloutModule(
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
            InstantSource clock,
            LearningModule learning,
            QueriedSignals signals,
            Settings settings,
            Subscriptions subscriptions,
            Jobs jobs) {
        RolloutModule module =
                RolloutModule.of(
                        new RolloutModule.Needs(
                                database,
                                outbox,
                                audit,
                                policies,
                                stop,
                                hosts,
                                inventories,
                                maintenance,
                                orders,
                                rehearsals,
                                rehearse,
                                patches,
                                clock),
                        settings.rollout(),
                        learning.forecasts(),
                        signals);
        module.connect(subscriptions, jobs);
        return module;
    }

    @Bean
    RolloutViews rolloutViews(
            Database database,
            RolloutModule module,
            Hosts hosts,
            Maintenance maintenance,
            FleetStop stop,
            InstantSource clock) {
        return new RolloutViews(
                database,
                module.rollouts(),
                module.deployments(),
                module.investigations(),
                hosts,
                maintenance,
                module.work(),
                module.diary(),
                module.certificates(),
                module.consents(),
                stop,
                clock);
    }

    @Bean
    RehearsalViews rehearsalViews(RolloutModule module) {
        return module.rehearsals();
    }

    @Bean
    PlanRollout planRollout(RolloutModule module) {
        return module.plan();
    }

    @Bean
    WorkGate workGate(RolloutModule module) {
        return module.work();
    }

    @Bean
    ReasonSource rolloutReasons(RolloutModule module) {
        return module.reasons();
    }

    @Bean
    Rollouts rollouts(RolloutModule module) {
        return module.rollouts();
    }

    /// Orders outlive every rollout that began before them.
    @Bean
    ForgetOld forgetOld(
            Database database,
            InstantSource clock,
            Settings settings,
            RolloutModule module,
            Jobs jobs) {
        ForgetOld forget =
                new ForgetOld(
                        database,
                        clock,
                        settings.retention().events(),
                        settings.retention().orders(),
                        () ->
                                module.rollouts().newest(MOST_ROLLOUTS).stream()
                                        .filter(Rollout::open)
                                        .map(Rollout::startedAt)
                                        .min(Comparator.naturalOrder()));
        jobs.every("fleet.forget-old", Duration.ofHours(6), forget);
        return forget;
    }

    @Bean
    Quarantine quarantine(RolloutModule module) {
        return module.quarantine();
    }

    @Bean
    Quarantined quarantined(Quarantine quarantine, InstantSource clock) {
        return new TellQuarantine(quarantine, clock);
    }

    @Bean
    Diary rolloutDiary(RolloutModule module) {
        return module.diary();
    }

    @Bean
    StartRollout startRollout(RolloutModule module) {
        return module.start();
    }

    @Bean
    SteerRollout steerRollout(RolloutModule module) {
        return module.steer();
    }

    @Bean
    GroupAutonomies groupAutonomies(RolloutModule module) {
        return module.autonomies();
    }

    @Bean
    Escalations escalations(RolloutModule module) {
        return module.escalations();
    }

    @Bean
    ConsentViews consentViews(RolloutModule module) {
        return module.consents();
    }

    @Bean
    DecideHost decideHost(RolloutModule module) {
        return module.decide();
    }

    @Bean
    ChoosePlan choosePlan(Inventories inventories) {
        return new ChoosePlan(inventories);
    }
}
