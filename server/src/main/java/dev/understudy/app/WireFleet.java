package dev.understudy.app;

import dev.understudy.fleet.AgentTls;
import dev.understudy.fleet.AskHost;
import dev.understudy.fleet.CertificateAuthority;
import dev.understudy.fleet.CheckIns;
import dev.understudy.fleet.EnrolmentTokens;
import dev.understudy.fleet.Enrolments;
import dev.understudy.fleet.ExpireOrders;
import dev.understudy.fleet.FleetKeys;
import dev.understudy.fleet.FleetSettings;
import dev.understudy.fleet.Groups;
import dev.understudy.fleet.HaGroups;
import dev.understudy.fleet.HeldCheckpoints;
import dev.understudy.fleet.HostCertificates;
import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.HostSequence;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.InventoryIntake;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.OrderKeys;
import dev.understudy.fleet.Orders;
import dev.understudy.fleet.Quarantined;
import dev.understudy.fleet.RetireHost;
import dev.understudy.fleet.RotateOrderKeys;
import dev.understudy.fleet.SettleGroup;
import dev.understudy.fleet.SettleHost;
import dev.understudy.fleet.ShapeHistory;
import dev.understudy.fleet.Shapes;
import dev.understudy.fleet.WorkLimits;
import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.governance.Policies;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Outbox;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `fleet`: hosts, enrolment, check-ins, orders, and the TLS of the agents' port.
@Configuration(proxyBeanMethods = false)
class WireFleet {
    private static final Duration EXPIRY = Duration.ofSeconds(2);

    @Bean
    FleetSettings fleetSettings(Settings settings) {
        return settings.fleet();
    }

    @Bean
    FleetKeys fleetKeys(Database database, InstantSource clock) {
        return new FleetKeys(database, clock);
    }

    @Bean
    CertificateAuthority certificateAuthority(FleetKeys keys) {
        return keys.authority();
    }

    @Bean
    OrderKeys orderKeys(FleetKeys keys) {
        return keys.orderKeys();
    }

    @Bean
    RotateOrderKeys rotateOrderKeys(
            Database database,
            InstantSource clock,
            FleetKeys keys,
            OrderKeys orderKeys,
            AuditTrail audit,
            Jobs jobs) {
        RotateOrderKeys rotate = new RotateOrderKeys(database, clock, keys, orderKeys, audit);
        jobs.every("fleet.retire-order-keys", Duration.ofMinutes(1), rotate::retire);
        return rotate;
    }

    @Bean
    SSLContext agentTls(CertificateAuthority authority, InstantSource clock, Settings settings) {
        return new AgentTls(authority, clock, settings.agentNames()).context();
    }

    @Bean
    Groups groups(Database database) {
        return new Groups(database);
    }

    @Bean
    Hosts hosts(Database database) {
        return new Hosts(database);
    }

    @Bean
    HostNames hostNames(Database database) {
        return new HostNames(database);
    }

    @Bean
    Shapes shapes(Database database) {
        return new Shapes(database);
    }

    @Bean
    ShapeHistory shapeHistory(Database database) {
        return new ShapeHistory(database);
    }

    @Bean
    Inventories inventories(Database database, Shapes shapes) {
        return new Inventories(database, shapes);
    }

    @Bean
    HeldCheckpoints heldCheckpoints(Database database) {
        return new HeldCheckpoints(database);
    }

    @Bean
    Orders orders(
            Database database, InstantSource clock, Outbox outbox, Settings settings, Jobs jobs) {
        jobs.every(
                "fleet.expire-orders",
                EXPIRY,
                new ExpireOrders(database, clock, settings.fleet(), outbox));
        return new Orders(database, clock);
    }

    @Bean
    EnrolmentTokens enrolmentTokens(
            Database database,
            InstantSource clock,
            CertificateAuthority authority,
            AuditTrail audit) {
        return new EnrolmentTokens(database, clock, authority, audit);
    }

    @Bean
    HostCertificates hostCertificates(
            Database database,
            InstantSource clock,
            CertificateAuthority authority,
            Settings settings) {
        return new HostCertificates(database, clock, authority, settings.fleet());
    }

    @Bean
    Enrolments enrolments(
            Database database,
            InstantSource clock,
            Hosts hosts,
            EnrolmentTokens tokens,
            HostCertificates certificates,
            CertificateAuthority authority,
            OrderKeys orderKeys,
            Outbox outbox,
            AuditTrail audit) {
        return new Enrolments(
                database, clock, hosts, tokens, certificates, authority, orderKeys, outbox, audit);
    }

    @Bean
    CheckIns checkIns(
            Database database,
            InstantSource clock,
            Settings settings,
            Hosts hosts,
            HostCertificates certificates,
            OrderKeys orderKeys,
            Quarantined quarantined,
            FleetStop stop,
            Outbox outbox,
            AuditTrail audit) {
        return new CheckIns(
                database,
                clock,
                settings.fleet(),
                hosts,
                certificates,
                orderKeys,
                quarantined,
                stop,
                outbox,
                audit,
                new SecureRandom());
    }

    @Bean
    InventoryIntake inventoryIntake(
            Database database,
            InstantSource clock,
            Hosts hosts,
            HostCertificates certificates,
            Shapes shapes,
            Inventories inventories,
            Outbox outbox,
            AuditTrail audit) {
        return new InventoryIntake(
                database, clock, hosts, certificates, shapes, inventories, outbox, audit);
    }

    @Bean
    RetireHost retireHost(
            Database database,
            InstantSource clock,
            Hosts hosts,
            HostCertificates certificates,
            Outbox outbox,
            AuditTrail audit) {
        return new RetireHost(database, clock, hosts, certificates, outbox, audit);
    }

    @Bean
    SettleHost settleHost(Database database, Hosts hosts, Groups groups, AuditTrail audit) {
        return new SettleHost(database, hosts, groups, audit);
    }

    @Bean
    SettleGroup settleGroup(Database database, Groups groups, Policies policies, AuditTrail audit) {
        return new SettleGroup(database, groups, policies, audit);
    }

    @Bean
    Maintenance maintenance(
            Database database, Groups groups, AuditTrail audit, InstantSource clock) {
        return new Maintenance(database, groups, audit, clock);
    }

    @Bean
    HaGroups haGroups(Database database, AuditTrail audit, InstantSource clock) {
        return new HaGroups(database, audit, clock);
    }

    @Bean
    WorkLimits workLimits(Database database, Groups groups, AuditTrail audit) {
        return new WorkLimits(database, groups, audit);
    }

    @Bean
    HostSequence hostSequence(Database database, Hosts hosts, AuditTrail audit) {
        return new HostSequence(database, hosts, audit);
    }

    @Bean
    AskHost askHost(
            Database database, Orders orders, HeldCheckpoints checkpoints, AuditTrail audit) {
        return new AskHost(database, orders, checkpoints, audit);
    }

    @Bean
    MeterBinder fleetMetrics(Database database, InstantSource clock, Settings settings) {
        return registry -> FleetMetrics.register(registry, database, clock, settings.fleet());
    }
}
