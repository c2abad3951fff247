package dev.understudy.app;

import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.AuditTrail;
import dev.understudy.integration.HealthQueries;
import dev.understudy.integration.QueriedSignals;
import dev.understudy.integration.TakeSignals;
import dev.understudy.integration.WatchHealth;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `integration`: health signals of other systems.
@Configuration(proxyBeanMethods = false)
class WireIntegration {
    @Bean
    Symptoms symptoms(Database database) {
        return new Symptoms(database);
    }

    @Bean
    HealthQueries healthQueries(Database database, AuditTrail audit, InstantSource clock) {
        return new HealthQueries(database, audit, clock);
    }

    @Bean
    QueriedSignals queriedSignals(HealthQueries queries, InstantSource clock) {
        return new QueriedSignals(queries, clock);
    }

    @Bean
    TakeSignals takeSignals(
            Database database,
            Hosts hosts,
            Symptoms symptoms,
            Outbox outbox,
            AuditTrail audit,
            InstantSource clock) {
        return new TakeSignals(database, hosts, symptoms, outbox, audit, clock);
    }

    @Bean
    WatchHealth watchHealth(
            Database database,
            HealthQueries queries,
            Hosts hosts,
            Symptoms symptoms,
            Outbox outbox,
            InstantSource clock,
            Settings settings,
            Jobs jobs) {
        WatchHealth watch =
                new WatchHealth(
                        database,
                        queries,
                        settings.data().resolve("prometheus"),
                        hosts,
                        symptoms,
                        outbox,
                        clock);
        jobs.every("integration.watch-health", QueriedSignals.EVERY, watch);
        return watch;
    }
}
