package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The searches for patches at fault.
public final class Investigations {
    private final Database database;

    public Investigations(Database database) {
        this.database = database;
    }

    public List<Investigation> of(RolloutId rollout) {
        return database.sql(
                        """
                        select id, rollout, host, plan, since, state
                        from rollout.investigations
                        where rollout = :rollout
                        order by since, id
                        """)
                .param("rollout", rollout.value())
                .query((row, _) -> investigation(row))
                .list();
    }

    Optional<Investigation> lockByOrder(OrderId order) {
        return database.sql(
                        """
                        select id, rollout, host, plan, since, state
                        from rollout.investigations
                        where order_id = :order
                        for no key update
                        """)
                .param("order", order.value())
                .query((row, _) -> investigation(row))
                .optional();
    }

    List<Investigation> lockOpen(HostId host) {
        return database.sql(
                        """
                        select id, rollout, host, plan, since, state
                        from rollout.investigations
                        where host = :host and state_name <> 'Ended'
                        order by id
                        for no key update
                        """)
                .param("host", host.value())
                .query((row, _) -> investigation(row))
                .list();
    }

    void add(Investigation investigation) {
        database.sql(
                        """
                        insert into rollout.investigations
                            (id, rollout, host, plan, since, order_id, state)
                        values (:id, :rollout, :host, :plan::jsonb, :since, :order, :state::jsonb)
                        """)
                .param("id", investigation.id())
                .param("rollout", investigation.rollout().value())
                .param("host", investigation.host().value())
                .param("plan", Stored.json(investigation.plan()))
                .param("since", Stored.utc(investigation.since()))
                .param("order", order(investigation).orElse(null), Types.OTHER)
                .param("state", Stored.json(investigation.state()))
                .update();
    }

    void save(Investigation investigation) {
        database.sql(
                        """
                        update rollout.investigations
                        set order_id = :order, state = :state::jsonb
                        where id = :id
                        """)
                .param("id", investigation.id())
                .param("order", order(investigation).orElse(null), Types.OTHER)
                .param("state", Stored.json(investigation.state()))
                .update();
    }

    private static Optional<UUID> order(Investigation investigation) {
        return investigation
                .trial()
                .flatMap(t -> Optional.ofNullable(t.order()))
                .map(OrderId::value);
    }

    private static Investigation investigation(ResultSet row) throws SQLException {
        return new Investigation(
                row.getObject("id", UUID.class),
                new RolloutId(row.getObject("rollout", UUID.class)),
                new HostId(row.getObject("host", UUID.class)),
                Json.read(row.getString("plan"), HostPlan.class),
                Stored.instant(row, "since"),
                Json.read(row.getString("state"), Investigation.State.class));
    }
}
