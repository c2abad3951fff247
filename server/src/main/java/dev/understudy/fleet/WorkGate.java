package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets hosts into work: as many at once as the quorum of their HA group, the disruption budgets
/// and the capacity allow, and after the hosts that they come after.
///
/// Who issues orders asks in the transaction that issues them. The first question locks one row of
/// the database until that transaction ends, and only then counts, so nobody else can let in a host
/// meanwhile, in whatever rollout and on whatever replica.
public final class WorkGate {
    private final Database database;
    private final InstantSource clock;
    private final Duration silence;
    private final KnownHealth health;

    /// @param silence a member that was not seen for so long counts as out of service
    public WorkGate(Database database, InstantSource clock, Duration silence, KnownHealth health) {
        this.database = database;
        this.clock = clock;
        this.silence = silence;
        this.health = health;
    }

    /// Questions about these hosts that hold until the open transaction ends. Nothing is looked up,
    /// locked or counted before the first.
    public Claims claims(Supplier<Collection<HostId>> hosts) {
        return new Claims(
                () -> {
                    lock(database);
                    return standing(hosts.get());
                });
    }

    /// The same as things stand now; for people to see. Nothing is locked, and nothing promised.
    public Standing look(Collection<HostId> hosts) {
        return standing(hosts);
    }

    static void lock(Database database) {
        database.sql("select id from fleet.work_capacity for update").query(Integer.class).single();
    }

    private Standing standing(Collection<HostId> asked) {
        Map<HostId, Set<HostId>> before = HostSequence.read(database);
        Set<HostId> hosts = new HashSet<>(asked);
        asked.forEach(host -> hosts.addAll(before.getOrDefault(host, Set.of())));
        Map<HostId, Member> members = members(hosts);
        Map<String, Share> quorums = new HashMap<>();
        database.sql("select name, quorum from fleet.ha_groups")
                .query(
                        (row, _) ->
                                quorums.put(
                                        row.getString("name"),
                                        Share.parse(row.getString("quorum"))))
                .list();
        Map<HostId, String> atWork = new HashMap<>();
        ordered().forEach(host -> atWork.put(host, "has an order that changes it"));
        atWork.putAll(health.atWork());
        WorkLimits.Limits limits = WorkLimits.read(database);
        return new Standing(
                limits,
                members,
                quorums,
                outOfService(members, atWork),
                atWork,
                limits.budgets().isEmpty() ? Map.of() : groupsOf(atWork.keySet()),
                sizes(limits),
                underWay("Apply"),
                underWay("Rehearse"),
                before,
                before.isEmpty() ? Map.of() : health.ahead(hosts));
    }

    /// A host that takes part, or one that is in an HA group with it.
    record Member(
            HostId host,
            String name,
            String group,
            @Nullable String haGroup,
            @Nullable Instant lastSeen,
            @Nullable Instant inventoryAt,
            List<String> failedUnits,
            @Nullable Instant confirmedAt) {}

    private Map<HostId, Member> members(Set<HostId> hosts) {
        Map<HostId, Member> members = new HashMap<>();
        database.sql(
                        """
                        select h.id, h.name, h.group_name, h.last_seen, m.ha_group,
                               m.confirmed_at, i.received_at, i.failed_units,
                               case when m.ha_group is not null and i.failed_units is null
                                    then i.document end as document
                        from fleet.hosts h
                        left join fleet.ha_members m on m.host = h.id
                        left join fleet.inventories i on i.host = h.id
                        where h.retired_at is null
                          and (h.id = any (:hosts)
                               or m.ha_group in (select own.ha_group
                                                 from fleet.ha_members own
                                                 where own.host = any (:hosts)))
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query((row, _) -> member(row))
                .list()
                .forEach(member -> members.put(member.host(), member));
        return members;
    }

    private static Member member(ResultSet row) throws SQLException {
        Array failed = row.getArray("failed_units");
        byte[] document = row.getBytes("document");
        return new Member(
                new HostId(row.getObject("id", UUID.class)),
                row.getString("name"),
                row.getString("group_name"),
                row.getString("ha_group"),
                Times.find(row, "last_seen"),
                Times.find(row, "received_at"),
                failed != null
                        ? Arrays.asList((String[]) failed.getArray())
                        : document == null ? List.of() : Inventories.failedUnits(document),
                Times.find(row, "confirmed_at"));
    }

    /// Hosts with an order that changes them and has not ended, whoever gave it.
    private List<HostId> ordered() {
        return database.sql(
                        """
                        select distinct host
                        from fleet.orders
                        where changes_host and state in ('QUEUED', 'DELIVERED', 'ACCEPTED')
                        """)
                .query((row, _) -> new HostId(row.getObject("host", UUID.class)))
                .list();
    }

    private int underWay(String kind) {
        return database.sql(
                        """
                        select count(*)
                        from fleet.orders
                        where kind = :kind and state in ('QUEUED', 'DELIVERED', 'ACCEPTED')
                        """)
                .param("kind", kind)
                .query(Integer.class)
                .single();
    }

    private Map<HostId, String> groupsOf(Set<HostId> hosts) {
        Map<HostId, String> groups = new HashMap<>();
        database.sql("select id, group_name from fleet.hosts where id = any (:hosts)")
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                groups.put(
                                        new HostId(row.getObject("id", UUID.class)),
                                        String.valueOf(row.getString("group_name"))))
                .list();
        return groups;
    }

    /// How many hosts there are, in all and by group; only where a percentage of them counts.
    private Map<String, Integer> sizes(WorkLimits.Limits limits) {
        if (limits.budgets().values().stream().noneMatch(Share::percent)) {
            return Map.of();
        }
        Map<String, Integer> sizes = new HashMap<>();
        database.sql(
                        """
                        select coalesce(group_name, '') as name, count(*) as hosts
                        from fleet.hosts
                        where retired_at is null
                        group by rollup (group_name)
                        """)
                .query((row, _) -> sizes.put(row.getString("name"), row.getInt("hosts")))
                .list();
        return sizes;
    }

    /// The members that count as out of service, with the reason.
    private Map<HostId, String> outOfService(
            Map<HostId, Member> members, Map<HostId, String> atWork) {
        List<Member> inHaGroups =
                members.values().stream().filter(member -> member.haGroup() != null).toList();
        Map<HostId, String> out = new HashMap<>();
        if (inHaGroups.isEmpty()) {
            return out;
        }
        Map<HostId, KnownHealth.Doubt> doubts = new HashMap<>();
        health.doubts(inHaGroups.stream().map(Member::host).toList())
                .forEach(doubt -> doubts.put(doubt.host(), doubt));
        for (Member member : inHaGroups) {
            Optional.ofNullable(atWork.get(member.host()))
                    .or(() -> doubt(member, doubts.get(member.host())))
                    .or(() -> seen(member))
                    .ifPresent(why -> out.put(member.host(), why));
        }
        return out;
    }

    private static Optional<String> doubt(Member member, KnownHealth.@Nullable Doubt doubt) {
        if (doubt == null || after(member.confirmedAt(), doubt.since())) {
            return Optional.empty();
        }
        boolean healed = doubt.healing() && after(member.inventoryAt(), doubt.since());
        return healed ? Optional.empty() : Optional.of(doubt.sentence());
    }

    private static boolean after(@Nullable Instant at, Instant since) {
        return at != null && at.isAfter(since);
    }

    private Optional<String> seen(Member member) {
        Instant lastSeen = member.lastSeen();
        if (lastSeen == null || lastSeen.isBefore(clock.instant().minus(silence))) {
            return Optional.of(
                    lastSeen == null
                            ? "has never checked in"
                            : "was last seen at %s"
                                    .formatted(
                                            lastSeen.truncatedTo(
                                                    java.time.temporal.ChronoUnit.SECONDS)));
        }
        if (member.inventoryAt() == null) {
            return Optional.of("has sent no inventory yet");
        }
        return member.failedUnits().isEmpty()
                ? Optional.empty()
                : Optional.of("has failed units: " + String.join(", ", member.failedUnits()));
    }
}
