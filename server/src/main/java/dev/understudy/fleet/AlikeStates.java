package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Alike hosts, those together that are also in the same state in all that decides why something is
/// not patched: how old their package lists are, and whether what was installed waits for a reboot
/// or a restart. Hosts that have to be looked at one by one are each by themselves.
///
/// @param hosts the first three of them by id; never none
/// @param alone whether it is one host that has to be looked at by itself
/// @param told whether what follows is known; if not, only the inventory tells it
/// @param listsOf of when the oldest package lists among them are; null where they have none
/// @param rootFree the least space that any of them has left, in bytes; null where none tells
public record AlikeStates(
        AlikeHosts alike,
        List<HostId> hosts,
        boolean alone,
        boolean told,
        @Nullable Instant listsOf,
        @Nullable Long rootFree,
        boolean awaitsReboot,
        boolean awaitsRestart) {
    public AlikeStates {
        hosts = List.copyOf(hosts);
    }

    /// Those of the group, or of the whole fleet where it is null. One statement, however many.
    ///
    /// @param apart hosts to look at by themselves
    /// @param old package lists from before that are old
    /// @param room hosts with less space left, in bytes, are looked at by themselves
    public static List<AlikeStates> find(
            Database database, @Nullable String group, Set<HostId> apart, Instant old, long room) {
        return database.sql(
                        """
                        select coalesce(nullif(i.alike, ''), h.id || '@' || i.received_at) as alike,
                               h.group_name, h.exposure, h.criticality,
                               case when a.id is not null or i.states_of is distinct from i.digest
                                         or i.root_free < :room
                                    then h.id end as alone,
                               coalesce(i.states_of = i.digest, false) as told,
                               i.lists_of is null as no_lists, i.lists_of < :old as old_lists,
                               i.awaits_reboot, i.awaits_restart,
                               min(i.lists_of) as lists_of, min(i.root_free) as root_free,
                               count(*) as hosts,
                               (array_agg(h.id::text order by h.id))[1 : 3] as first
                        from fleet.effective_hosts h
                        join fleet.inventories i on i.host = h.id
                        left join unnest(:apart::uuid[]) as a (id) on a.id = h.id
                        where h.retired_at is null
                          and (:group::text is null or h.group_name = :group)
                        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
                        order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
                        """)
                .param("group", group, Types.VARCHAR)
                .param("apart", apart.stream().map(HostId::value).toArray(UUID[]::new))
                .param("old", Times.sql(old))
                .param("room", room)
                .query((row, _) -> read(row))
                .list();
    }

    private static AlikeStates read(ResultSet row) throws SQLException {
        List<HostId> first =
                Arrays.stream((String[]) row.getArray("first").getArray())
                        .map(id -> new HostId(UUID.fromString(id)))
                        .toList();
        return new AlikeStates(
                new AlikeHosts(
                        row.getString("alike"),
                        row.getString("group_name"),
                        Exposure.valueOf(row.getString("exposure")),
                        Criticality.valueOf(row.getString("criticality")),
                        first.getFirst(),
                        row.getInt("hosts")),
                first,
                row.getObject("alone") != null,
                row.getBoolean("told"),
                Times.find(row, "lists_of"),
                row.getObject("root_free", Long.class),
                row.getBoolean("awaits_reboot"),
                row.getBoolean("awaits_restart"));
    }
}
