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
    private final Hosts hosts;
    private final Orders orders;
    private final HeldCheckpoints checkpoints;
    private final AuditTrail audit;

    public AskHost(
            Database database,
            Hosts hosts,
            Orders orders,
            HeldCheckpoints checkpoints,
            AuditTrail audit) {
        this.database = database;
        this.hosts = hosts;
        this.orders = orders;
        this.checkpoints = checkpoints;
        this.audit = audit;
    }

    /// Has the host fetch its package lists and send its inventory.
    public OrderId refresh(String actor, HostId host) {
        return ask(
                actor, host, "fleet.refresh-ordered", new OrderBody.Refresh(), REFRESH_WITHIN, "");
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
                    requireActive(host);
                    OrderId order = orders.issue(host, body, validity);
                    audit.append(
                            actor,
                            action,
                            "host:" + host,
                            Map.of("order", order.toString(), "checkpoint", checkpoint));
                    return order;
                });
    }

    private void requireActive(HostId host) {
        if (hosts.find(host).map(Host::retired).orElse(true)) {
            throw Problem.conflict(
                    "host-retired", "Host %s is retired and takes no orders.".formatted(host));
        }
    }
}
