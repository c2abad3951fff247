package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// The HA groups. Every change is in the audit trail, and waits until no orders are being issued
/// that were counted by what was before.
public final class HaGroups {
    private static final int LONGEST_REASON = 1_000;

    private final Database database;
    private final AuditTrail audit;
    private final InstantSource clock;

    public HaGroups(Database database, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /// All of them, by name.
    public List<HaGroup> all() {
        return database.sql(
                        """
                        select g.name, g.quorum,
                               array(select m.host
                                     from fleet.ha_members m
                                     join fleet.hosts h on h.id = m.host
                                     where m.ha_group = g.name and h.retired_at is null
                                     order by m.host) as members
                        from fleet.ha_groups g
                        order by g.name
                        """)
                .query(
                        (row, _) ->
                                new HaGroup(
                                        row.getString("name"),
                                        Share.parse(row.getString("quorum")),
                                        Arrays.stream((UUID[]) row.getArray("members").getArray())
                                                .map(HostId::new)
                                                .toList()))
                .list();
    }

    public Optional<HaGroup> find(String name) {
        return all().stream().filter(group -> group.name().equals(name)).findFirst();
    }

    /// @throws Problem if there is none of that name
    public HaGroup get(String name) {
        return find(name).orElseThrow(() -> missing(name));
    }

    /// The HA group of each host that is in one.
    public Map<HostId, String> ofHosts() {
        Map<HostId, String> groups = new HashMap<>();
        all().forEach(group -> group.members().forEach(host -> groups.put(host, group.name())));
        return groups;
    }

    /// Makes the group, or changes it, to exactly these members.
    ///
    /// @throws Problem if a host is retired or in another HA group, or the quorum leaves no member
    ///   that could ever be patched
    public HaGroup put(String actor, String name, Share quorum, List<HostId> members) {
        if (!Group.isName(name)) {
            throw Problem.invalid(
                    "ha-group-name-invalid",
                    "'%s' cannot name an HA group. Use lower-case letters, digits, '.', '_' and '-'."
                            .formatted(name));
        }
        return database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    database.sql(
                                    """
                                    insert into fleet.ha_groups (name, quorum, changed_at, changed_by)
                                    values (:name, :quorum, :now, :actor)
                                    on conflict (name) do update
                                    set quorum     = excluded.quorum,
                                        changed_at = excluded.changed_at,
                                        changed_by = excluded.changed_by
                                    """)
                            .param("name", name)
                            .param("quorum", quorum.toString())
                            .param("now", Times.sql(clock.instant()))
                            .param("actor", actor)
                            .update();
                    database.sql(
                                    """
                                    delete from fleet.ha_members
                                    where ha_group = :name and host <> all (:members)
                                    """)
                            .param("name", name)
                            .param("members", ids(members))
                            .update();
                    return joined(actor, name, members);
                });
    }

    /// Adds hosts to the group.
    ///
    /// @throws Problem as [#put] does
    public HaGroup add(String actor, String name, List<HostId> members) {
        return database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    get(name);
                    return joined(actor, name, members);
                });
    }

    private HaGroup joined(String actor, String name, List<HostId> members) {
        database.sql(
                        """
                        insert into fleet.ha_members (host, ha_group)
                        select h.id, :name
                        from fleet.hosts h
                        where h.id = any (:members) and h.retired_at is null
                        on conflict (host) do nothing
                        """)
                .param("name", name)
                .param("members", ids(members))
                .update();
        HaGroup group = get(name);
        for (HostId member : members) {
            if (!group.members().contains(member)) {
                throw Problem.conflict(
                        "ha-member-taken",
                        "Host %s is in HA group '%s' already, or retired. Take it out there first: understudy ha remove GROUP HOST"
                                .formatted(
                                        member,
                                        Optional.ofNullable(ofHosts().get(member)).orElse("–")));
            }
        }
        return changed(actor, group);
    }

    /// Takes a host out of the group.
    ///
    /// @throws Problem if it is not in it, or the quorum would leave no member to be patched
    public HaGroup remove(String actor, String name, HostId member) {
        return database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    int removed =
                            database.sql(
                                            """
                                            delete from fleet.ha_members
                                            where ha_group = :name and host = :host
                                            """)
                                    .param("name", name)
                                    .param("host", member.value())
                                    .update();
                    HaGroup group = get(name);
                    if (removed != 1) {
                        throw notMember(member, name);
                    }
                    return changed(actor, group);
                });
    }

    /// Forgets the group; its hosts stay.
    public void delete(String actor, String name) {
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    HaGroup group = get(name);
                    database.sql("delete from fleet.ha_groups where name = :name")
                            .param("name", name)
                            .update();
                    audit.append(actor, "fleet.ha-group-deleted", subject(name), describe(group));
                });
    }

    /// A person says that a member is in service, whatever came of the last rollout on it. What is
    /// seen of the host itself still counts.
    public void confirm(String actor, String name, HostId member, String reason) {
        if (reason.isBlank() || reason.length() > LONGEST_REASON) {
            throw Problem.invalid(
                    "reason-invalid",
                    "Say how you know that the host is in service, in up to %d characters."
                            .formatted(LONGEST_REASON));
        }
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    get(name);
                    int confirmed =
                            database.sql(
                                            """
                                            update fleet.ha_members
                                            set confirmed_at = :now, confirmed_by = :actor,
                                                confirmed_with = :reason
                                            where ha_group = :name and host = :host
                                            """)
                                    .param("now", Times.sql(clock.instant()))
                                    .param("actor", actor)
                                    .param("reason", reason)
                                    .param("name", name)
                                    .param("host", member.value())
                                    .update();
                    if (confirmed != 1) {
                        throw notMember(member, name);
                    }
                    audit.append(
                            actor,
                            "fleet.ha-member-confirmed",
                            "host:" + member,
                            Map.of("group", name, "reason", reason));
                });
    }

    private HaGroup changed(String actor, HaGroup group) {
        if (!group.members().isEmpty() && group.mayBeOut() == 0) {
            throw Problem.invalid(
                    "ha-quorum-needs-all",
                    "With a quorum of %s no member of '%s' (%d hosts) could ever be patched. Lower the quorum, or add hosts."
                            .formatted(group.quorum(), group.name(), group.members().size()));
        }
        audit.append(actor, "fleet.ha-group-changed", subject(group.name()), describe(group));
        return group;
    }

    private static String subject(String name) {
        return "ha-group:" + name;
    }

    private static Map<String, String> describe(HaGroup group) {
        return Map.of(
                "quorum", group.quorum().toString(),
                "members",
                        group.members().stream()
                                .map(HostId::toString)
                                .collect(Collectors.joining(" ")));
    }

    private static UUID[] ids(List<HostId> hosts) {
        return hosts.stream().map(HostId::value).toArray(UUID[]::new);
    }

    private static Problem missing(String name) {
        return Problem.notFound(
                "ha-group-not-found",
                "There is no HA group '%s'. See: understudy ha".formatted(name));
    }

    private static Problem notMember(HostId member, String name) {
        return Problem.notFound(
                "ha-member-not-found",
                "Host %s is not in HA group '%s'. See: understudy ha".formatted(member, name));
    }
}
