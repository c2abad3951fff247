package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.Report;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// A fleet module on a real database, with hosts that say what a test wants them to say. For tests
/// of any module.
public final class TestFleet {
    public final Database database;
    public final Hosts hosts;
    public final Groups groups;
    public final Maintenance maintenance;
    public final HaGroups haGroups;
    public final WorkLimits limits;
    public final HostSequence sequence;
    public final Orders orders;
    public final Shapes shapes;
    public final Inventories inventories;

    /// What hosts are told of the quarantine; nothing is in it by itself.
    public Quarantined quarantined = () -> QuarantineNotice.of(List.of());

    public final CheckIns checkIns;
    public final InventoryIntake inventoryIntake;
    public final Enrolments enrolments;
    public final EnrolmentTokens tokens;
    public final HostCertificates certificates;
    public final CertificateAuthority authority;
    public final OrderKeys orderKeys;
    public final HeldCheckpoints checkpoints;
    public final RotateOrderKeys rotateOrderKeys;
    public final ExpireOrders expireOrders;
    public final RetireHost retireHost;
    public final FleetStop stop;
    public final Outbox outbox;
    public final AuditTrail audit;
    private final Map<HostId, HostIdentity> identities = new HashMap<>();
    private final Map<HostId, Long> sequences = new HashMap<>();

    /// The fleet module over this database.
    public static TestFleet on(Database database, InstantSource clock) {
        Outbox outbox = new Outbox(database, clock);
        AuditTrail audit = new AuditTrail(database, clock);
        return new TestFleet(
                database,
                clock,
                outbox,
                audit,
                new FleetStop(database, audit, outbox, clock, FleetStop.ReleaseBy.ONE));
    }

    private TestFleet(
            Database database,
            InstantSource clock,
            Outbox outbox,
            AuditTrail audit,
            FleetStop stop) {
        FleetSettings settings = FleetSettings.STANDARD;
        FleetKeys keys = new FleetKeys(database, clock);
        this.database = database;
        this.outbox = outbox;
        this.audit = audit;
        this.stop = stop;
        authority = keys.authority();
        orderKeys = keys.orderKeys();
        rotateOrderKeys = new RotateOrderKeys(database, clock, keys, orderKeys, audit);
        hosts = new Hosts(database);
        groups = new Groups(database);
        maintenance = new Maintenance(database, groups, audit, clock);
        haGroups = new HaGroups(database, audit, clock);
        limits = new WorkLimits(database, groups, audit);
        sequence = new HostSequence(database, hosts, audit);
        orders = new Orders(database, clock);
        shapes = new Shapes(database);
        inventories = new Inventories(database, shapes);
        checkpoints = new HeldCheckpoints(database);
        tokens = new EnrolmentTokens(database, clock, authority, audit);
        certificates = new HostCertificates(database, clock, authority, settings);
        enrolments =
                new Enrolments(
                        database,
                        clock,
                        hosts,
                        tokens,
                        certificates,
                        authority,
                        orderKeys,
                        outbox,
                        audit);
        checkIns =
                new CheckIns(
                        database,
                        clock,
                        settings,
                        hosts,
                        certificates,
                        orderKeys,
                        () -> quarantined.notice(),
                        stop,
                        outbox,
                        audit,
                        new Random(1));
        inventoryIntake =
                new InventoryIntake(
                        database, clock, hosts, certificates, shapes, inventories, outbox, audit);
        expireOrders = new ExpireOrders(database, clock, settings, outbox);
        retireHost = new RetireHost(database, clock, hosts, certificates, outbox, audit);
    }

    /// Enrols a host.
    public HostId enrol(String name, String group) {
        if (groups.find(group).isEmpty()) {
            groups.put(Group.named(group));
        }
        String token = tokens.create("test", group, Duration.ofHours(1)).text();
        Enrolment.Answer answer =
                enrolments.enrol(
                        new Enrolment.Request(token, name, "machine-" + name, signingRequest()));
        identities.put(answer.host(), certificates.identify(certificate(answer.certificatePem())));
        return answer.host();
    }

    /// Enrols a host that has sent this inventory.
    public HostId enrol(String name, String group, Inventory inventory) {
        HostId host = enrol(name, group);
        inventory(host, inventory);
        return host;
    }

    public void inventory(HostId host, Inventory inventory) {
        inventoryIntake.take(identity(host), inventory.digest(), inventory);
    }

    /// Has the host check in with reports on an order, numbered on from its last ones.
    public CheckInAnswer report(HostId host, OrderId order, Report... reports) {
        List<AgentEvent> events = new ArrayList<>();
        for (Report report : reports) {
            events.add(event(next(host), order, report));
        }
        return checkIn(host, events);
    }

    public CheckInAnswer checkIn(HostId host, List<AgentEvent> events) {
        return checkIns.checkIn(identity(host), says("boot-1", events, List.of()));
    }

    public HostIdentity identity(HostId host) {
        HostIdentity identity = identities.get(host);
        if (identity == null) {
            throw new IllegalArgumentException("%s was not enrolled here".formatted(host));
        }
        return identity;
    }

    static CheckIn says(String boot, List<AgentEvent> events, List<CheckpointInfo> checkpoints) {
        return new CheckIn("1.0", boot, "0".repeat(64), null, events, checkpoints);
    }

    static AgentEvent event(long sequence, OrderId order, Report report) {
        return new AgentEvent(
                sequence, java.time.Instant.parse("2026-11-23T12:00:00Z"), order, report);
    }

    private long next(HostId host) {
        return sequences.merge(host, 1L, Long::sum);
    }

    /// A certificate request for a new P-256 key.
    public static String signingRequest() {
        return signingRequest(CertificateAuthority.newKey(), "SHA256withECDSA");
    }

    /// A certificate request for this key.
    public static String signingRequest(KeyPair pair, String signature) {
        try {
            byte[] request =
                    new JcaPKCS10CertificationRequestBuilder(
                                    new X500Principal("CN=whatever"), pair.getPublic())
                            .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()))
                            .getEncoded();
            return pem("CERTIFICATE REQUEST", request);
        } catch (OperatorCreationException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(
                                            pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("not a certificate: " + pem, e);
        }
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        what,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content),
                        what);
    }
}
