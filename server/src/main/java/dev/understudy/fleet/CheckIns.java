package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.SignedOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/// The talk between a host and the control plane: the host says how it is and what it did; it hears
/// what to do and until when it may begin.
public final class CheckIns {
    private final Database database;
    private final InstantSource clock;
    private final FleetSettings settings;
    private final FleetStop stop;
    private final Outbox outbox;
    private final RandomGenerator random;
    private final HostRows rows;
    private final EventIntake events;
    private final HeldCheckpoints checkpoints;
    private final DeliverOrders deliveries;

    public CheckIns(
            Database database,
            InstantSource clock,
            FleetSettings settings,
            Hosts hosts,
            HostCertificates certificates,
            OrderKeys orderKeys,
            FleetStop stop,
            Outbox outbox,
            AuditTrail audit,
            RandomGenerator random) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
        this.stop = stop;
        this.outbox = outbox;
        this.random = random;
        this.rows = new HostRows(database, hosts, certificates);
        this.events = new EventIntake(database, outbox, audit);
        this.checkpoints = new HeldCheckpoints(database);
        this.deliveries = new DeliverOrders(database, orderKeys);
    }

    /// Takes a check-in in one transaction, under the lock on the host's row. Saying the same thing
    /// twice changes nothing more.
    public CheckInAnswer checkIn(HostIdentity who, CheckIn said) {
        return database.inTransaction(
                () -> {
                    Instant now = clock.instant();
                    HostRows.Row former = rows.lock(who, now);
                    HostId host = who.host();
                    long acknowledged =
                            events.take(host, former.acknowledged(), said.events(), now);
                    String held = HeldCheckpoints.digest(said.checkpoints());
                    if (!held.equals(former.checkpointsDigest())) {
                        checkpoints.replace(host, said.checkpoints());
                    }
                    rows.seen(who, said, acknowledged, held, now);
                    if (!former.bootId().isEmpty() && !former.bootId().equals(said.bootId())) {
                        outbox.publish(new HostRebooted(host));
                    }
                    return answer(host, former, said, acknowledged, now);
                });
    }

    private CheckInAnswer answer(
            HostId host, HostRows.Row former, CheckIn said, long acknowledged, Instant now) {
        boolean stopped = stop.current().isPresent();
        boolean busy = former.openOrders() > 0;
        List<SignedOrder> orders = busy ? deliveries.to(host, stopped, now) : List.of();
        return new CheckInAnswer(
                now,
                busy ? settings.busyPoll() : jittered(settings.poll()),
                now.plus(settings.lease()),
                stopped,
                acknowledged,
                !former.inventoryDigest().equals(said.inventoryDigest()),
                orders);
    }

    /// Spreads the hosts, so that a fleet that was started at once does not call at once.
    private Duration jittered(Duration pause) {
        return Duration.ofMillis(Math.round(pause.toMillis() * random.nextDouble(0.8, 1.2)));
    }
}
