package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import java.time.Duration;
import java.util.Map;

/// What a person may order of one host directly.
public final class AskHost {
    private static final Duration REFRESH_WITHIN = Duration.ofMinutes(15);
    private static final Duration RESTORE_WITHIN = Duration.ofMinutes(30);

    private final Database database;
    private final Orders orders;
    private final HeldCheckpoints checkpoints;
    private final AuditTrail audit;

    public AskHost(
            Database database, Orders orders, HeldCheckpoints checkpoints, AuditTrail audit) {
        this.database = database;
        this.orders = orders;
        this.checkpoints = checkpoints;
        this.audit = audit;
    }

    /// Has the host fetch its package lists and send its inventory. As long as the host was not
    /// given the order, asking again prolongs it rather than adding another.
    public OrderId refresh(String actor, HostId host) {
        return database.inTransaction(
                () -> {
                    lockActive(host);
                    return orders.prolongWaiting(host, OrderBody.Refresh.class, REFRESH_WITHIN)
                            .orElseGet(
                                    () ->
                                            ask(
                                                    actor,
                                                    host,
                                                    "fleet.refresh-ordered",
                                                    new OrderBody.Refresh(),
                                                    REFRESH_WITHIN,
                                                    ""));
                });
    }

    /// Has the host put back the state that a checkpoint holds.
    public OrderId restore(String actor, HostId host, String checkpoint) {
        if (checkpoints.of(host).stream().map(CheckpointInfo::id).noneMatch(checkpoint::equals)) {
            throw Problem.notFound(
                    "checkpoint-not-found",
                    "Host %s holds no checkpoint '%s'. See: understudy checkpoints %s"
                            .formatted(host, checkpoint, host));
        }
        return ask(
                actor,
                host,
                "fleet.restore-ordered",
                new OrderBody.Restore(checkpoint),
                RESTORE_WITHIN,
                checkpoint);
    }

    private OrderId ask(
            String actor,
            HostId host,
            String action,
            OrderBody body,
            Duration validity,
            String checkpoint) {
        return database.inTransaction(
                () -> {
                    lockActive(host);
                    OrderId order = orders.issue(host, body, validity);
                    audit.append(
                            actor,
                            action,
                            "host:" + host,
                            Map.of("order", order.toString(), "checkpoint", checkpoint));
                    return order;
                });
    }

    /// Check-ins hold the host's row as well: an order cannot be given out meanwhile.
    private void lockActive(HostId host) {
        boolean active =
                database.sql(
                                """
                                select retired_at is null as active
                                from fleet.hosts
                                where id = :host
                                for update
                                """)
                        .param("host", host.value())
                        .query((row, _) -> row.getBoolean("active"))
                        .optional()
                        .orElse(false);
        if (!active) {
            throw Problem.conflict(
                    "host-retired", "Host %s is retired and takes no orders.".formatted(host));
        }
    }
}
