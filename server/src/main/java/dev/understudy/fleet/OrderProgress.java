package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Moves a host's orders by what the host reports of them.
final class OrderProgress {
    private final Database database;

    OrderProgress(Database database) {
        this.database = database;
    }

    /// An order as far as reports change it.
    private record Standing(OrderId id, OrderState state, String phase, @Nullable Report report) {

        Standing after(Report said) {
            OrderState next = OrderLifecycle.next(state, new OrderLifecycle.Event.Reported(said));
            boolean ended = next == OrderState.ENDED && state != OrderState.ENDED;
            String step = said instanceof Report.Progress(String reached, _) ? reached : phase;
            return new Standing(id, next, step, ended ? said : report);
        }
    }

    /// Takes the reports in their order.
    ///
    /// @return the orders among them that are this host's own; others are left alone
    Set<OrderId> advance(HostId host, List<AgentEvent> events, Instant now) {
        Map<OrderId, Standing> former = lock(host, events);
        Map<OrderId, Standing> standings = new LinkedHashMap<>(former);
        for (AgentEvent event : events) {
            if (event.order() != null) {
                standings.computeIfPresent(
                        event.order(), (_, standing) -> standing.after(event.report()));
            }
        }
        List<Standing> changed =
                standings.values().stream()
                        .filter(standing -> !standing.equals(former.get(standing.id())))
                        .toList();
        if (!changed.isEmpty()) {
            update(changed, now);
        }
        return former.keySet();
    }

    private Map<OrderId, Standing> lock(HostId host, List<AgentEvent> events) {
        String[] ids =
                events.stream()
                        .map(AgentEvent::order)
                        .filter(Objects::nonNull)
                        .map(OrderId::toString)
                        .distinct()
                        .toArray(String[]::new);
        if (ids.length == 0) {
            return Map.of();
        }
        Map<OrderId, Standing> found = new LinkedHashMap<>();
        database.sql(
                        """
                        select id, state, phase, report
                        from fleet.orders
                        where host = :host and id = any (:ids::uuid[])
                        order by id
                        for update
                        """)
                .param("host", host.value())
                .param("ids", ids)
                .query(
                        (row, _) ->
                                new Standing(
                                        new OrderId(row.getObject("id", UUID.class)),
                                        OrderState.valueOf(row.getString("state")),
                                        row.getString("phase"),
                                        Stored.find(row.getString("report"), Report.class)))
                .list()
                .forEach(standing -> found.put(standing.id(), standing));
        return found;
    }

    private void update(Collection<Standing> changed, Instant now) {
        database.sql(
                        """
                        update fleet.orders o
                        set state       = u.state,
                            phase       = u.phase,
                            report      = u.report,
                            accepted_at = coalesce(o.accepted_at, :now),
                            ended_at    = case when u.state = 'ENDED' then :now end
                        from unnest(:ids::uuid[], :states::text[], :phases::text[],
                                    :reports::jsonb[])
                             as u (id, state, phase, report)
                        where o.id = u.id
                        """)
                .param("now", Times.sql(now))
                .param("ids", column(changed, standing -> standing.id().toString()))
                .param("states", column(changed, standing -> standing.state().name()))
                .param("phases", column(changed, Standing::phase))
                .param("reports", column(changed, OrderProgress::reportOf))
                .update();
    }

    private static @Nullable String reportOf(Standing standing) {
        return standing.report() == null ? null : Stored.json(standing.report(), Report.class);
    }

    private static @Nullable String[] column(
            Collection<Standing> standings, Function<Standing, @Nullable String> value) {
        return standings.stream().map(value).toArray(String[]::new);
    }
}
