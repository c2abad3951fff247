package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The hosts that have sent an inventory, those together that differ in nothing on which the
/// ranking of patches depends: packages, what is pending, what runs and listens, the kernel, the
/// group, exposure and criticality.
///
/// @param inventory names what they have in common of their inventories
/// @param one any of them, the same every time
/// @param hosts how many they are; never 0
public record AlikeHosts(
        String inventory,
        String group,
        Exposure exposure,
        Criticality criticality,
        HostId one,
        int hosts) {

    /// Those of the group, or of the whole fleet where it is null, but `apart`. One statement,
    /// however many.
    public static List<AlikeHosts> find(
            Database database, @Nullable String group, Set<HostId> apart) {
        return query(database, group, null, apart);
    }

    /// The host by itself; empty where it is not known, retired, or sent no inventory yet.
    public static Optional<AlikeHosts> find(Database database, HostId host) {
        return query(database, null, host, Set.of()).stream().findFirst();
    }

    /// Each host by itself, of the group or of the whole fleet where it is null; of these hosts
    /// alone where they are given. What they have in common tells which are alike.
    public static List<AlikeHosts> each(
            Database database, @Nullable String group, @Nullable Set<HostId> hosts) {
        return database.sql(
                        """
                        select coalesce(nullif(i.alike, ''), h.id || '@' || i.received_at) as alike,
                               h.group_name, h.exposure, h.criticality, h.id::text as one,
                               1 as hosts
                        from fleet.effective_hosts h
                        join fleet.inventories i on i.host = h.id
                        where h.retired_at is null
                          and (:group::text is null or h.group_name = :group)
                          and (:all or h.id = any (:hosts::uuid[]))
                        order by h.id
                        """)
                .param("group", group, Types.VARCHAR)
                .param("all", hosts == null)
                .param(
                        "hosts",
                        hosts == null
                                ? new UUID[0]
                                : hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query((row, _) -> read(row))
                .list();
    }

    private static List<AlikeHosts> query(
            Database database, @Nullable String group, @Nullable HostId host, Set<HostId> apart) {
        return database.sql(
                        """
                        select coalesce(nullif(i.alike, ''), h.id || '@' || i.received_at) as alike,
                               h.group_name, h.exposure, h.criticality,
                               min(h.id::text) as one, count(*) as hosts
                        from fleet.effective_hosts h
                        join fleet.inventories i on i.host = h.id
                        where h.retired_at is null
                          and (:group::text is null or h.group_name = :group)
                          and (:host::uuid is null or h.id = :host::uuid)
                          and h.id <> all (:apart::uuid[])
                        group by 1, 2, 3, 4
                        order by 1, 2, 3, 4
                        """)
                .param("group", group, Types.VARCHAR)
                .param("host", host == null ? null : host.toString(), Types.VARCHAR)
                .param("apart", apart.stream().map(HostId::value).toArray(UUID[]::new))
                .query((row, _) -> read(row))
                .list();
    }

    private static AlikeHosts read(ResultSet row) throws SQLException {
        return new AlikeHosts(
                row.getString("alike"),
                row.getString("group_name"),
                Exposure.valueOf(row.getString("exposure")),
                Criticality.valueOf(row.getString("criticality")),
                new HostId(UUID.fromString(row.getString("one"))),
                row.getInt("hosts"));
    }

    /// Names everything of an inventory that the ranking depends on.
    static String digest(Inventory inventory) {
        Inventory ranked =
                new Inventory(
                        inventory.platform(),
                        inventory.kernel(),
                        List.of(),
                        inventory.pending(),
                        inventory.services(),
                        inventory.sockets(),
                        List.of(),
                        List.of(),
                        List.of(),
                        inventory.capabilities(),
                        null);
        return Digests.sha256(
                inventory.shapeDigest() + new String(Wire.encode(ranked), StandardCharsets.UTF_8));
    }
}
