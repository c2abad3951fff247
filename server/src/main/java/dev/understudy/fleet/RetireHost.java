package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/// Takes a host out of the fleet: its certificates are revoked, what it has not accepted is
/// cancelled, and its history is kept.
public final class RetireHost {
    private final Database database;
    private final InstantSource clock;
    private final Hosts hosts;
    private final HostCertificates certificates;
    private final ShapeHistory history;
    private final HeldShapes held;
    private final ToldHistory told;
    private final Outbox outbox;
    private final AuditTrail audit;

    public RetireHost(
            Database database,
            InstantSource clock,
            Hosts hosts,
            HostCertificates certificates,
            Outbox outbox,
            AuditTrail audit) {
        this.database = database;
        this.clock = clock;
        this.hosts = hosts;
        this.certificates = certificates;
        this.history = new ShapeHistory(database);
        this.held = new HeldShapes(database);
        this.told = new ToldHistory(database, new PendingSets(database));
        this.outbox = outbox;
        this.audit = audit;
    }

    /// Retires the host; nothing happens if it is retired already.
    public void retire(String actor, HostId host) {
        database.inTransaction(
                () -> {
                    Instant now = clock.instant();
                    if (!hosts.retire(host, now)) {
                        return;
                    }
                    certificates.revokeAll(host, "the host was retired", now);
                    history.end(host, now);
                    held.end(host, now);
                    told.end(host, now);
                    cancelOrders(host);
                    outbox.publish(new HostRetired(host));
                    audit.append(actor, "fleet.host-retired", "host:" + host, Map.of());
                });
    }

    private void cancelOrders(HostId host) {
        database.sql(
                        """
                        update fleet.orders
                        set state = 'CANCELLED'
                        where host = :host and state in ('QUEUED', 'DELIVERED')
                        """)
                .param("host", host.value())
                .update();
    }
}
