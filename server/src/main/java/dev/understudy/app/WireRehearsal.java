package dev.understudy.app;

import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Orders;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Subscriptions;
import dev.understudy.rehearsal.FollowRehearsals;
import dev.understudy.rehearsal.Rehearsal;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `rehearsal`: the rehearsals, asking for one, and following what hosts tell of them.
@Configuration(proxyBeanMethods = false)
class WireRehearsal {
    @Bean
    Rehearsals rehearsals(Database database) {
        return new Rehearsals(database);
    }

    @Bean
    RequestRehearsal requestRehearsal(
            Database database,
            Rehearsals rehearsals,
            Orders orders,
            Hosts hosts,
            Inventories inventories,
            AuditTrail audit,
            InstantSource clock) {
        return new RequestRehearsal(database, rehearsals, orders, hosts, inventories, audit, clock);
    }

    @Bean
    Rehearsal.Settings rehearsalSettings(Settings settings) {
        return settings.rollout().rehearsal();
    }

    @Bean
    FollowRehearsals followRehearsals(
            Database database,
            Rehearsals rehearsals,
            Outbox outbox,
            AuditTrail audit,
            InstantSource clock,
            Subscriptions subscriptions,
            Jobs jobs) {
        FollowRehearsals follow = new FollowRehearsals(database, rehearsals, outbox, audit, clock);
        follow.subscribe(subscriptions);
        jobs.every("rehearsal.give-up-silent", Duration.ofMinutes(1), follow::giveUpSilent);
        return follow;
    }
}
