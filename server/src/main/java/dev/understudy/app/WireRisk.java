package dev.understudy.app;

import dev.understudy.advisory.Feeds;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.risk.DeadlineClocks;
import dev.understudy.risk.DeadlineRules;
import dev.understudy.risk.FindingExceptions;
import dev.understudy.risk.FleetReasons;
import dev.understudy.risk.HazardSettings;
import dev.understudy.risk.KeepRanked;
import dev.understudy.risk.NextDeadlines;
import dev.understudy.risk.Patches;
import dev.understudy.risk.ReasonSource;
import dev.understudy.risk.WhyUnpatched;
import dev.understudy.risk.exposure.ChangesSince;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.KeepUp;
import dev.understudy.risk.exposure.PastExposure;
import dev.understudy.risk.exposure.PatchHosts;
import dev.understudy.risk.exposure.VersionHosts;
import dev.understudy.risk.exposure.WhatIf;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `risk`: ranked patches, who is exposed, and why what is pending is not installed.
@Configuration(proxyBeanMethods = false)
class WireRisk {
    @Bean
    Patches patches(
            Database database,
            Inventories inventories,
            Feeds feeds,
            FollowDatabase exposureIndex,
            InstantSource clock) {
        return new Patches(
                database, inventories, feeds, exposureIndex, HazardSettings.USUAL, clock);
    }

    @Bean(initMethod = "start")
    KeepRanked keepRanked(Patches patches, Feeds feeds, InstantSource clock) {
        return new KeepRanked(patches, feeds, clock);
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
    FollowDatabase exposureIndex(Database database, InstantSource clock) {
        return new FollowDatabase(database, clock);
    }

    @Bean(initMethod = "start")
    KeepUp keepUp(Database database, FollowDatabase exposureIndex) {
        return new KeepUp(database, exposureIndex);
    }

    @Bean
    HealthIndicator exposureIndexHealth(FollowDatabase exposureIndex, InstantSource clock) {
        return new IndexHealth(exposureIndex, clock);
    }

    @Bean
    MeterBinder exposureIndexMetrics(FollowDatabase exposureIndex, InstantSource clock) {
        return registry -> IndexHealth.register(registry, exposureIndex, clock);
    }

    @Bean
    ExposedHosts exposedHosts(FollowDatabase exposureIndex) {
        return new ExposedHosts(exposureIndex);
    }

    @Bean
    PatchHosts patchHosts(FollowDatabase exposureIndex) {
        return new PatchHosts(exposureIndex);
    }

    @Bean
    VersionHosts versionHosts(FollowDatabase exposureIndex) {
        return new VersionHosts(exposureIndex);
    }

    @Bean
    WhatIf whatIf(FollowDatabase exposureIndex) {
        return new WhatIf(exposureIndex);
    }

    @Bean
    NextDeadlines nextDeadlines(
            Database database, Feeds feeds, FollowDatabase exposureIndex, InstantSource clock) {
        return new NextDeadlines(database, feeds, exposureIndex, clock);
    }

    @Bean
    ChangesSince changesSince(Database database, FollowDatabase exposureIndex) {
        return new ChangesSince(database, exposureIndex);
    }

    @Bean
    PastExposure pastExposure(Database database) {
        return new PastExposure(database);
    }

    /// Modules above bring their reasons as beans.
    @Bean
    WhyUnpatched whyUnpatched(
            Patches patches, ObjectProvider<ReasonSource> sources, InstantSource clock) {
        return new WhyUnpatched(patches, sources.orderedStream().toList(), clock);
    }

    @Bean
    FleetReasons fleetReasons(
            Database database, Patches patches, Inventories inventories, WhyUnpatched why) {
        return new FleetReasons(database, patches, inventories, why);
    }
}
