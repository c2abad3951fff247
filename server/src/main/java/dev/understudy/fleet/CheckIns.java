package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.SignedOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
    private final OrderKeys orderKeys;
    private final Quarantined quarantined;
    private final EventIntake events;
    private final CatchUp catchUp;
    private final HeldCheckpoints checkpoints;
    private final DeliverOrders deliveries;
    private final QuietCheckIns quiet;

    public CheckIns(
            Database database,
            InstantSource clock,
            FleetSettings settings,
            Hosts hosts,
            HostCertificates certificates,
            OrderKeys orderKeys,
            Quarantined quarantined,
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
        this.orderKeys = orderKeys;
        this.quarantined = quarantined;
        this.rows = new HostRows(database, hosts, certificates, audit);
        this.events = new EventIntake(database, outbox, audit);
        this.catchUp = new CatchUp(database, events, audit);
        this.checkpoints = new HeldCheckpoints(database);
        this.deliveries = new DeliverOrders(database, orderKeys);
        this.quiet = new QuietCheckIns(database, stop, clock);
    }

    /// Takes a check-in in one transaction, under the lock on the host's row. Saying the same thing
    /// twice changes nothing more.
    public CheckInAnswer checkIn(HostIdentity who, CheckIn said) {
        String held = HeldCheckpoints.digest(said.checkpoints());
        return quiet.take(who, said, held)
                .map(seen -> nothingToDo(said, seen))
                .orElseGet(() -> whole(who, said, held));
    }

    private CheckInAnswer nothingToDo(CheckIn said, QuietCheckIns.Seen seen) {
        return new CheckInAnswer(
                seen.at(),
                jittered(settings.poll()),
                seen.at().plus(settings.lease()),
                seen.stopped(),
                seen.acknowledged(),
                !seen.inventoryKnown(),
                List.of(),
                orderKeys.notices(),
                unknownTo(said));
    }

    private CheckInAnswer whole(HostIdentity who, CheckIn said, String held) {
        return database.inTransaction(
                () -> {
                    Instant now = clock.instant();
                    HostRows.Row former = rows.lock(who, now);
                    HostId host = who.host();
                    HostRows.Standing standing = catchUp.take(host, former, said, now);
                    if (!held.equals(former.checkpointsDigest())) {
                        checkpoints.replace(host, said.checkpoints());
                    }
                    rows.seen(who, said, standing, held, now);
                    if (!former.bootId().isEmpty() && !former.bootId().equals(said.bootId())) {
                        outbox.publish(new HostRebooted(host));
                    }
                    return answer(host, former, said, standing, now);
                });
    }

    private CheckInAnswer answer(
            HostId host,
            HostRows.Row former,
            CheckIn said,
            HostRows.Standing standing,
            Instant now) {
        boolean stopped = stop.current().isPresent();
        boolean busy = former.openOrders() > 0;
        List<SignedOrder> orders =
                busy && !standing.ahead() ? deliveries.to(host, stopped, now) : List.of();
        return new CheckInAnswer(
                now,
                busy ? settings.busyPoll() : jittered(settings.poll()),
                now.plus(settings.lease()),
                stopped,
                standing.acknowledged(),
                !former.inventoryDigest().equals(said.inventoryDigest()),
                orders,
                orderKeys.notices(),
                unknownTo(said));
    }

    /// What is in quarantine, if the host keeps to another list; null if not, or if it keeps to
    /// none.
    private @Nullable QuarantineNotice unknownTo(CheckIn said) {
        String known = said.quarantine();
        if (known == null) {
            return null;
        }
        QuarantineNotice now = quarantined.notice();
        return known.equals(now.digest()) ? null : now;
    }

    /// Spreads the hosts, so that a fleet that was started at once does not call at once.
    private Duration jittered(Duration pause) {
        return Duration.ofMillis(Math.round(pause.toMillis() * random.nextDouble(0.8, 1.2)));
    }
}
