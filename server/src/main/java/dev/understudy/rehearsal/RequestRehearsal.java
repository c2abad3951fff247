package dev.understudy.rehearsal;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Orders;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Asks a host to rehearse a plan on its twin.
public final class RequestRehearsal {
    /// How long a host may take to take up the order.
    private static final Duration PICK_UP = Duration.ofMinutes(15);

    /// A rehearsal proves nothing about a host after so long, even if its packages are the same.
    public static final Duration FRESH = Duration.ofHours(12);

    private final Database database;
    private final Rehearsals rehearsals;
    private final Orders orders;
    private final Hosts hosts;
    private final Inventories inventories;
    private final AuditTrail audit;
    private final InstantSource clock;

    public RequestRehearsal(
            Database database,
            Rehearsals rehearsals,
            Orders orders,
            Hosts hosts,
            Inventories inventories,
            AuditTrail audit,
            InstantSource clock) {
        this.database = database;
        this.rehearsals = rehearsals;
        this.orders = orders;
        this.hosts = hosts;
        this.inventories = inventories;
        this.audit = audit;
        this.clock = clock;
    }

    /// A rehearsal of the plan that the host passed lately and in the shape it has now; otherwise a
    /// new one.
    public OrderId reuseOrRequest(HostId host, Plan plan, Rehearsal.Settings settings, String by) {
        Instant since = clock.instant().minus(FRESH);
        Optional<Rehearsal> passed = rehearsals.passed(host, plan, shape(hosts.get(host)), since);
        return passed.map(Rehearsal::id).orElseGet(() -> request(host, plan, settings, by));
    }

    /// A new rehearsal.
    public OrderId request(HostId host, Plan plan, Rehearsal.Settings settings, String by) {
        return database.inTransaction(
                () -> {
                    OrderBody body =
                            new OrderBody.Rehearse(plan, settings.soak(), settings.limit());
                    OrderId id = orders.issue(host, body, PICK_UP);
                    rehearsals.add(
                            new Rehearsal(
                                    id,
                                    host,
                                    plan,
                                    shape(hosts.get(host)),
                                    settings,
                                    by,
                                    clock.instant().truncatedTo(ChronoUnit.MICROS),
                                    new Rehearsal.State.Requested()),
                            inventories.makeups(List.of(host)).get(host));
                    audit.append(
                            by,
                            "rehearsal.requested",
                            "host:" + host,
                            Map.of("rehearsal", id.toString(), "plan", plan.digest()));
                    return id;
                });
    }

    private static String shape(Host host) {
        return Objects.requireNonNullElse(host.shape(), "");
    }
}
