package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The orders of the fleet. An order is signed when it is delivered, delivered at every check-in
/// until its host answers, and carried out by the host at most once.
public final class Orders {
    private final Database database;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public Orders(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Issues an order within the caller's transaction. It runs out after `validity` unless the
    /// host accepted it by then.
    public OrderId issue(HostId host, OrderBody body, Duration validity) {
        OrderId id = OrderId.random();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Order order = new Order(id, host, now, now.plus(validity), nonce(), body);
        int issued =
                database.sql(
                                """
                                insert into fleet.orders
                                    (id, host, kind, body, changes_host, nonce, issued_at, not_after)
                                select :id, h.id, :kind, :body::jsonb, :changesHost, :nonce,
                                       :issuedAt, :notAfter
                                from fleet.hosts h
                                where h.id = :host and h.retired_at is null
                                """)
                        .param("id", id.value())
                        .param("host", host.value())
                        .param("kind", body.getClass().getSimpleName())
                        .param("body", Stored.json(body, OrderBody.class))
                        .param("changesHost", body.changesHost())
                        .param("nonce", order.nonce())
                        .param("issuedAt", Times.sql(order.issuedAt()))
                        .param("notAfter", Times.sql(order.notAfter()))
                        .update();
        if (issued != 1) {
            throw new IllegalArgumentException(
                    "Host %s cannot get orders: it is retired, or was never enrolled."
                            .formatted(host));
        }
        return id;
    }

    /// Prolongs the order of that kind that the host has not been given yet, so that asking twice
    /// makes one order; within the caller's transaction, which holds the host's row.
    ///
    /// @return that order; empty if none waits
    Optional<OrderId> prolongWaiting(
            HostId host, Class<? extends OrderBody> kind, Duration validity) {
        return database.sql(
                        """
                        update fleet.orders
                        set not_after = greatest(not_after, :notAfter)
                        where id = (select id
                                    from fleet.orders
                                    where host = :host and kind = :kind and state = 'QUEUED'
                                    order by issued_at
                                    limit 1
                                    for update)
                        returning id
                        """)
                .param("host", host.value())
                .param("kind", kind.getSimpleName())
                .param(
                        "notAfter",
                        Times.sql(clock.instant().truncatedTo(ChronoUnit.MICROS).plus(validity)))
                .query((row, _) -> new OrderId(row.getObject("id", UUID.class)))
                .optional();
    }

    public Optional<IssuedOrder> find(OrderId id) {
        return database.sql(
                        """
                        select id, host, body, issued_at, not_after, state, deliveries,
                               accepted_at, ended_at, phase, report
                        from fleet.orders
                        where id = :id
                        """)
                .param("id", id.value())
                .query((row, _) -> order(row))
                .optional();
    }

    /// The host's orders, newest first.
    public List<IssuedOrder> of(HostId host, int limit) {
        return database.sql(
                        """
                        select id, host, body, issued_at, not_after, state, deliveries,
                               accepted_at, ended_at, phase, report
                        from fleet.orders
                        where host = :host
                        order by issued_at desc, id
                        limit :limit
                        """)
                .param("host", host.value())
                .param("limit", limit)
                .query((row, _) -> order(row))
                .list();
    }

    /// Takes an order back that its host was not given yet. One that was delivered may be carried
    /// out all the same, and one that has run out ends as such.
    ///
    /// @return whether it was taken back
    public boolean takeBack(OrderId id) {
        return database.inTransaction(
                () ->
                        undelivered(id)
                                .map(
                                        state ->
                                                OrderLifecycle.next(
                                                        state,
                                                        new OrderLifecycle.Event.Cancelled()))
                                .filter(next -> move(id, next))
                                .isPresent());
    }

    private Optional<OrderState> undelivered(OrderId id) {
        return database.sql(
                        """
                        select state
                        from fleet.orders
                        where id = :id and state = 'QUEUED' and not_after > :now
                        for update
                        """)
                .param("id", id.value())
                .param("now", Times.sql(clock.instant()))
                .query((row, _) -> OrderState.valueOf(row.getString("state")))
                .optional();
    }

    private boolean move(OrderId id, OrderState next) {
        return database.sql("update fleet.orders set state = :state where id = :id")
                        .param("id", id.value())
                        .param("state", next.name())
                        .update()
                == 1;
    }

    private String nonce() {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static IssuedOrder order(ResultSet row) throws SQLException {
        return new IssuedOrder(
                new OrderId(row.getObject("id", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                Stored.get(row.getString("body"), OrderBody.class),
                Times.get(row, "issued_at"),
                Times.get(row, "not_after"),
                OrderState.valueOf(row.getString("state")),
                row.getInt("deliveries"),
                Times.find(row, "accepted_at"),
                Times.find(row, "ended_at"),
                row.getString("phase"),
                Stored.find(row.getString("report"), Report.class));
    }
}
