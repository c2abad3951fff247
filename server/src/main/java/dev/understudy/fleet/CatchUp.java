package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a host's events also when this database was put back to an older state (a backup, a
/// standby that lagged). The host then knows of more than is stored here. It is told what is stored
/// and tells the rest again from its journal; what its journal has no more is lost, which is
/// recorded, and the numbering goes on after it. Until the host has caught us up it gets no orders,
/// since what they ask for may be done already.
///
/// An order whose answer is lost is put to the host again under its old number: the host's journal
/// says that it was here, and never carries it out twice.
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private final Database database;
    private final EventIntake events;
    private final AuditTrail audit;

    CatchUp(Database database, EventIntake events, AuditTrail audit) {
        this.database = database;
        this.events = events;
        this.audit = audit;
    }

    /// Stores what follows on what is stored.
    HostRows.Standing take(HostId host, HostRows.Row former, CheckIn said, Instant now) {
        long stored = former.acknowledged();
        @Nullable Long told = said.acknowledged();
        long heard = told == null ? stored : told;
        long aheadTo = former.aheadTo();
        if (heard > stored && heard > aheadTo) {
            aheadTo = heard;
            noteAhead(host, stored + 1, heard);
        }
        if (heard <= stored) {
            long next = next(said.events(), Math.max(stored, aheadTo));
            if (next > stored + 1) {
                noteLost(host, stored + 1, next - 1, said.running(), now);
                stored = next - 1;
            }
        }
        long acknowledged = events.take(host, stored, said.events(), now);
        if (aheadTo == 0 || acknowledged < aheadTo) {
            return new HostRows.Standing(acknowledged, aheadTo);
        }
        noteCaughtUp(host, aheadTo);
        return new HostRows.Standing(acknowledged, 0);
    }

    /// The number at which the host goes on: it sends the oldest that it has.
    private static long next(List<AgentEvent> events, long silent) {
        return events.stream().mapToLong(AgentEvent::sequence).min().orElse(silent + 1);
    }

    private void noteAhead(HostId host, long first, long last) {
        LOG.warn(
                "Host {} was told that its events {} to {} are stored, and they are not: this"
                        + " database was put back to an older state. Asking the host again",
                host,
                first,
                last);
        append(host, "fleet.host-ahead", first, last, "");
    }

    private void noteLost(
            HostId host, long first, long last, @Nullable OrderId running, Instant now) {
        LOG.error("Events {} to {} of host {} were lost with a restore", first, last, host);
        database.sql(
                        """
                        insert into fleet.lost_events (host, first, last, noticed_at)
                        values (:host, :first, :last, :now)
                        """)
                .param("host", host.value())
                .param("first", first)
                .param("last", last)
                .param("now", Times.sql(now))
                .update();
        append(host, "fleet.events-lost", first, last, askAgain(host, running));
    }

    private void noteCaughtUp(HostId host, long last) {
        LOG.info("Host {} goes on after event {}; nothing that it can tell is missing", host, last);
        append(host, "fleet.host-caught-up", last, last, "");
    }

    /// Puts every order of which more was to come back among those that are delivered.
    ///
    /// @return their ids
    private String askAgain(HostId host, @Nullable OrderId running) {
        OrderState asked =
                OrderLifecycle.next(OrderState.ACCEPTED, new OrderLifecycle.Event.Forgotten());
        return database
                .sql(
                        """
                        update fleet.orders
                        set state = :asked
                        where host = :host and state = 'ACCEPTED'
                          and id is distinct from :running::uuid
                        returning id
                        """)
                .param("asked", asked.name())
                .param("host", host.value())
                .param("running", Objects.toString(running, null), java.sql.Types.VARCHAR)
                .query((row, _) -> row.getObject("id", UUID.class))
                .list()
                .stream()
                .map(UUID::toString)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private void append(HostId host, String action, long first, long last, String orders) {
        audit.append(
                "host:" + host,
                action,
                "host:" + host,
                Map.of(
                        "first", Long.toString(first),
                        "last", Long.toString(last),
                        "ordersAskedAgain", orders));
    }
}
