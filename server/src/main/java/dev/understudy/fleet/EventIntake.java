package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/// Takes what an agent reports, each sequence number once and in order, and moves its orders. Runs
/// in the transaction that holds the lock on the host's row.
final class EventIntake {
    /// The rest is taken at the next check-in.
    private static final int AT_ONCE = 500;

    private static final Set<Report.Refusal> SUSPICIOUS =
            EnumSet.of(
                    Report.Refusal.UNKNOWN_KEY,
                    Report.Refusal.BAD_SIGNATURE,
                    Report.Refusal.MALFORMED,
                    Report.Refusal.FOREIGN_HOST,
                    Report.Refusal.REPLAYED);

    private final Database database;
    private final OrderProgress progress;
    private final Outbox outbox;
    private final AuditTrail audit;

    EventIntake(Database database, Outbox outbox, AuditTrail audit) {
        this.database = database;
        this.progress = new OrderProgress(database);
        this.outbox = outbox;
        this.audit = audit;
    }

    /// Stores the events that follow on `acknowledged` without a gap.
    ///
    /// @return the highest sequence number that is now stored
    long take(HostId host, long acknowledged, List<AgentEvent> events, Instant now) {
        List<AgentEvent> next = following(acknowledged, events);
        if (next.isEmpty()) {
            return acknowledged;
        }
        insert(host, next, now);
        Set<OrderId> own = progress.advance(host, next, now);
        for (AgentEvent event : next) {
            OrderId order = event.order();
            if (order != null && own.contains(order)) {
                outbox.publish(new AgentReported(host, order, event.report(), event.at()));
            }
        }
        recordSuspicion(host, next);
        return next.getLast().sequence();
    }

    static List<AgentEvent> following(long acknowledged, List<AgentEvent> events) {
        List<AgentEvent> next = new ArrayList<>();
        long expected = acknowledged + 1;
        for (AgentEvent event :
                events.stream().sorted(Comparator.comparingLong(AgentEvent::sequence)).toList()) {
            if (event.sequence() == expected && next.size() < AT_ONCE) {
                next.add(event);
                expected++;
            }
        }
        return next;
    }

    private void insert(HostId host, List<AgentEvent> events, Instant now) {
        database.sql(
                        """
                        insert into fleet.agent_events
                            (host, sequence, at, received_at, order_id, report)
                        select :host, u.sequence, u.at, :now, u.order_id, u.report
                        from unnest(:sequences::bigint[], :ats::timestamptz[], :orders::uuid[],
                                    :reports::jsonb[])
                             as u (sequence, at, order_id, report)
                        """)
                .param("host", host.value())
                .param("now", Times.sql(now))
                .param("sequences", events.stream().map(AgentEvent::sequence).toArray(Long[]::new))
                .param("ats", column(events, event -> event.at().toString()))
                .param("orders", column(events, event -> Objects.toString(event.order(), null)))
                .param("reports", column(events, e -> Stored.json(e.report(), Report.class)))
                .update();
    }

    /// An agent that was shown an order it could not trust is news for the owner of the fleet.
    private void recordSuspicion(HostId host, List<AgentEvent> events) {
        for (AgentEvent event : events) {
            if (event.report() instanceof Report.Refused(Report.Refusal code, String detail)
                    && SUSPICIOUS.contains(code)) {
                audit.append(
                        "host:" + host,
                        "fleet.order-refused",
                        "host:" + host,
                        Map.of(
                                "code", code.name(),
                                "detail", detail,
                                "order", Objects.toString(event.order(), "")));
            }
        }
    }

    private static String[] column(List<AgentEvent> events, Function<AgentEvent, String> value) {
        return events.stream().map(value).toArray(String[]::new);
    }
}
