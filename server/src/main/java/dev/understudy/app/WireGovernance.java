package dev.understudy.app;

import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Operators;
import dev.understudy.governance.Policies;
import dev.understudy.governance.RetryParked;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Subscriptions;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `governance`: audit trail, policies, the stop, operators.
@Configuration(proxyBeanMethods = false)
class WireGovernance {
    @Bean
    AuditTrail auditTrail(Database database, InstantSource clock) {
        return new AuditTrail(database, clock);
    }

    @Bean
    Policies policies(Database database, AuditTrail audit, Outbox outbox, InstantSource clock) {
        return new Policies(database, audit, outbox, clock);
    }

    @Bean
    FleetStop fleetStop(
            Database database,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock,
            Settings settings) {
        return new FleetStop(database, audit, outbox, clock, settings.stopRelease());
    }

    @Bean
    Operators operators(Database database, AuditTrail audit, InstantSource clock, Jobs jobs) {
        Operators operators = new Operators(database, audit, clock);
        jobs.every("governance.sweep-sessions", Duration.ofHours(1), operators::sweep);
        return operators;
    }

    @Bean
    RetryParked retryParked(
            Database database, Subscriptions subscriptions, Jobs jobs, AuditTrail audit) {
        return new RetryParked(database, subscriptions, jobs, audit);
    }

    @Bean
    FirstToken firstToken(Settings settings, Operators operators) {
        return new FirstToken(settings.data(), operators);
    }
}
