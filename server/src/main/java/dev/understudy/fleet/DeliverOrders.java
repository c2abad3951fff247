package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.SignedOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// Hands a host the orders that it has not answered, signed, oldest first. The same order always
/// travels as the same bytes.
final class DeliverOrders {
    private final Database database;
    private final OrderKeys keys;

    DeliverOrders(Database database, OrderKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /// While the fleet is stopped, orders that change the host stay here. A portion has at most 16
    /// orders, so that an answer stays within what the wire allows.
    List<SignedOrder> to(HostId host, boolean stopped, Instant now) {
        return database
                .sql(
                        """
                        update fleet.orders o
                        set state        = 'DELIVERED',
                            deliveries   = o.deliveries + 1,
                            delivered_at = coalesce(o.delivered_at, :now)
                        from (select id
                              from fleet.orders
                              where host = :host and state in ('QUEUED', 'DELIVERED')
                                and not_after > :now and not (changes_host and :stopped)
                              order by issued_at, id
                              limit 16
                              for update) as due
                        where o.id = due.id
                        returning o.id, o.host, o.issued_at, o.not_after, o.nonce, o.body
                        """)
                .param("host", host.value())
                .param("stopped", stopped)
                .param("now", Times.sql(now))
                .query((row, _) -> order(row))
                .list()
                .stream()
                .sorted(Comparator.comparing(Order::issuedAt).thenComparing(Order::id))
                .map(keys::sign)
                .toList();
    }

    private static Order order(ResultSet row) throws SQLException {
        return new Order(
                new OrderId(row.getObject("id", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                Times.get(row, "issued_at"),
                Times.get(row, "not_after"),
                row.getString("nonce"),
                Stored.get(row.getString("body"), OrderBody.class));
    }
}
