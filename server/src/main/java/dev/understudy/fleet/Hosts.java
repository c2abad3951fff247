package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Platform;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The managed hosts.
public final class Hosts {
    private static final Pattern ID =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final Database database;

    public Hosts(Database database) {
        this.database = database;
    }

    public Optional<Host> find(HostId id) {
        return database.sql(
                        """
                        select id, name, group_name, environment, criticality, exposure,
                               enrolled_at, last_seen, retired_at, agent_version, boot_id,
                               running_order, shape, platform, capabilities
                        from fleet.effective_hosts
                        where id = :id
                        """)
                .param("id", id.value())
                .query((row, _) -> host(row))
                .optional();
    }

    public Host get(HostId id) {
        return find(id).orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "There is no host %s. Hosts are retired, never deleted, so"
                                                        .formatted(id)
                                                + " maybe it belongs to another control plane."));
    }

    /// The host that a person means by an id or a name.
    ///
    /// @throws Problem if there is none, or several hosts that are not retired have that name
    public Host named(String idOrName) {
        Optional<Host> byId =
                ID.matcher(idOrName).matches() ? find(HostId.of(idOrName)) : Optional.empty();
        return byId.orElseGet(() -> only(idOrName, allNamed(idOrName)));
    }

    private static Host only(String name, List<Host> found) {
        if (found.isEmpty()) {
            throw Problem.notFound(
                    "host-not-found",
                    "There is no host '%s'. See: understudy hosts".formatted(name));
        }
        if (found.size() > 1) {
            throw Problem.conflict(
                    "host-ambiguous",
                    "%d hosts are called '%s'. Name one of them by its id: %s"
                            .formatted(
                                    found.size(),
                                    name,
                                    found.stream()
                                            .limit(20)
                                            .map(host -> host.id().toString())
                                            .collect(Collectors.joining(", "))));
        }
        return found.getFirst();
    }

    /// Those hosts.
    ///
    /// @throws IllegalArgumentException if there is no host with one of these ids
    public Map<HostId, Host> each(Collection<HostId> ids) {
        Map<HostId, Host> found = new HashMap<>();
        database.sql(
                        """
                        select id, name, group_name, environment, criticality, exposure,
                               enrolled_at, last_seen, retired_at, agent_version, boot_id,
                               running_order, shape, platform, capabilities
                        from fleet.effective_hosts
                        where id = any (:ids)
                        """)
                .param("ids", ids.stream().map(HostId::value).toArray(UUID[]::new))
                .query((row, _) -> host(row))
                .list()
                .forEach(host -> found.put(host.id(), host));
        requireAll(ids, found.keySet());
        return found;
    }

    private void requireAll(Collection<HostId> ids, Set<HostId> found) {
        ids.stream().filter(id -> !found.contains(id)).findFirst().ifPresent(this::get);
    }

    /// A glance at each of the hosts.
    ///
    /// @throws IllegalArgumentException if there is no host with one of these ids
    public Map<HostId, HostGlance> glance(Collection<HostId> ids) {
        Map<HostId, HostGlance> found = new HashMap<>();
        database.sql(
                        """
                        select id, name, group_name, last_seen, running_order
                        from fleet.effective_hosts
                        where id = any (:ids)
                        """)
                .param("ids", ids.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        row -> {
                            UUID running = row.getObject("running_order", UUID.class);
                            HostId id = new HostId(row.getObject("id", UUID.class));
                            found.put(
                                    id,
                                    new HostGlance(
                                            id,
                                            row.getString("name"),
                                            row.getString("group_name"),
                                            Times.find(row, "last_seen"),
                                            running == null ? null : new OrderId(running)));
                        });
        requireAll(ids, found.keySet());
        return found;
    }

    /// The hosts that fit the filter, by name and id.
    public List<Host> list(HostFilter filter) {
        return page(filter, null, Integer.MAX_VALUE);
    }

    /// The first `limit` hosts that fit the filter and come after host `after`, by name and id.
    public List<Host> page(HostFilter filter, @Nullable HostId after, int limit) {
        return database.sql(
                        """
                        select id, name, group_name, environment, criticality, exposure,
                               enrolled_at, last_seen, retired_at, agent_version, boot_id,
                               running_order, shape, platform, capabilities
                        from fleet.effective_hosts
                        where (:group::text is null or group_name = :group)
                          and (:name::text is null or name = :name)
                          and (:environment::text is null or environment = :environment)
                          and (:exposure::text is null or exposure = :exposure)
                          and (:retiredToo or retired_at is null)
                          and (:after::uuid is null
                               or (name, id) > (select a.name, a.id
                                                from fleet.hosts a
                                                where a.id = :after::uuid))
                        order by name, id
                        limit :limit
                        """)
                .param("group", filter.group(), Types.VARCHAR)
                .param("name", filter.name(), Types.VARCHAR)
                .param("environment", HostFilter.nameOf(filter.environment()), Types.VARCHAR)
                .param("exposure", HostFilter.nameOf(filter.exposure()), Types.VARCHAR)
                .param("retiredToo", filter.retiredToo())
                .param("after", after == null ? null : after.toString(), Types.VARCHAR)
                .param("limit", limit)
                .query((row, _) -> host(row))
                .list();
    }

    /// The group's hosts that are not retired.
    public List<Host> inGroup(String group) {
        return list(HostFilter.group(group));
    }

    /// The hosts of that name that are not retired: names may repeat.
    public List<Host> allNamed(String name) {
        return list(new HostFilter(null, name, null, null, false));
    }

    /// Hosts that are not retired, for each group.
    public int count(String group) {
        return database.sql(
                        """
                        select count(*)
                        from fleet.hosts
                        where group_name = :group and retired_at is null
                        """)
                .param("group", group)
                .query(Integer.class)
                .single();
    }

    /// Sets what the operator says of the host.
    public void set(HostId id, HostSettings settings) {
        database.sql(
                        """
                        update fleet.hosts
                        set group_name = :group, environment = :environment,
                            criticality = :criticality, exposure = :exposure
                        where id = :id
                        """)
                .param("id", id.value())
                .param("group", settings.group())
                .param("environment", HostFilter.nameOf(settings.environment()), Types.VARCHAR)
                .param("criticality", HostFilter.nameOf(settings.criticality()), Types.VARCHAR)
                .param("exposure", HostFilter.nameOf(settings.exposure()), Types.VARCHAR)
                .update();
    }

    /// What the operator said of the host itself, without what its group adds.
    public Optional<HostSettings> settings(HostId id) {
        return database.sql(
                        """
                        select group_name, environment, criticality, exposure
                        from fleet.hosts
                        where id = :id
                        """)
                .param("id", id.value())
                .query(
                        (row, _) ->
                                new HostSettings(
                                        row.getString("group_name"),
                                        value(row.getString("environment"), Environment.class),
                                        value(row.getString("criticality"), Criticality.class),
                                        value(row.getString("exposure"), Exposure.class)))
                .optional();
    }

    void add(HostId id, String name, String machineId, String group, Instant now) {
        database.sql(
                        """
                        insert into fleet.hosts
                            (id, name, machine_id, group_name, enrolled_at)
                        values (:id, :name, :machineId, :group, :now)
                        """)
                .param("id", id.value())
                .param("name", name)
                .param("machineId", machineId)
                .param("group", group)
                .param("now", Times.sql(now))
                .update();
    }

    void useCertificate(HostId id, String serial) {
        database.sql("update fleet.hosts set certificate = :serial where id = :id")
                .param("id", id.value())
                .param("serial", serial)
                .update();
    }

    /// Marks the host as retired; false if it already was, or there is none.
    boolean retire(HostId id, Instant now) {
        return database.sql(
                                """
                                update fleet.hosts
                                set retired_at = :now
                                where id = :id and retired_at is null
                                """)
                        .param("id", id.value())
                        .param("now", Times.sql(now))
                        .update()
                == 1;
    }

    private static Host host(ResultSet row) throws SQLException {
        UUID running = row.getObject("running_order", UUID.class);
        return new Host(
                new HostId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getString("group_name"),
                Environment.valueOf(row.getString("environment")),
                Criticality.valueOf(row.getString("criticality")),
                Exposure.valueOf(row.getString("exposure")),
                Times.get(row, "enrolled_at"),
                Times.find(row, "last_seen"),
                Times.find(row, "retired_at"),
                row.getString("agent_version"),
                row.getString("boot_id"),
                running == null ? null : new OrderId(running),
                row.getString("shape"),
                Stored.find(row.getString("platform"), Platform.class),
                Stored.find(row.getString("capabilities"), Capabilities.class));
    }

    private static <E extends Enum<E>> @Nullable E value(@Nullable String name, Class<E> type) {
        return name == null ? null : Enum.valueOf(type, name);
    }
}
