package dev.understudy.app;

import dev.understudy.advisory.Feeds;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.risk.DeadlineClocks;
import dev.understudy.risk.DeadlineRules;
import dev.understudy.risk.ExposedHosts;
import dev.understudy.risk.FindingExceptions;
import dev.understudy.risk.HazardSettings;
import dev.understudy.risk.Patches;
import dev.understudy.risk.ReasonSource;
import dev.understudy.risk.WhyUnpatched;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `risk`: ranked patches, who is exposed, and why what is pending is not installed.
@Configuration(proxyBeanMethods = false)
class WireRisk {
    @Bean
    Patches patches(
            Database database,
            Hosts hosts,
            Inventories inventories,
            Feeds feeds,
            InstantSource clock) {
        return new Patches(database, hosts, inventories, feeds, HazardSettings.USUAL, clock);
    }

    @Bean
    FindingExceptions findingExceptions(Database database, AuditTrail audit, InstantSource clock) {
        return new FindingExceptions(database, audit, clock);
    }

    @Bean
    DeadlineRules deadlineRules(Database database, AuditTrail audit) {
        return new DeadlineRules(database, audit);
    }

    @Bean
    DeadlineClocks deadlineClocks(Database database) {
        return new DeadlineClocks(database);
    }

    @Bean
    ExposedHosts exposedHosts(Patches patches) {
        return new ExposedHosts(patches);
    }

    /// Modules above bring their reasons as beans.
    @Bean
    WhyUnpatched whyUnpatched(
            Patches patches, ObjectProvider<ReasonSource> sources, InstantSource clock) {
        return new WhyUnpatched(patches, sources.orderedStream().toList(), clock);
    }
}
