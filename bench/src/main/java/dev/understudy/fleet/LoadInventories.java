package dev.understudy.fleet;

import dev.understudy.fleetsim.HostFacts;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;

/// Gives the hosts of a fleet that is loaded their newest inventories, as they would have sent
/// them: kept by the server's own code for one host of each kind, and copied to the others of it.
public final class LoadInventories {
    private static final int AT_ONCE = 500;

    private final Database database;
    private final HostFacts facts;
    private final List<String> shapes;
    private final Instant now;
    private final Map<HostFacts.Kind, UUID> first = new HashMap<>();
    private final Map<Integer, String> pending = new HashMap<>();

    /// @param shapes their digests, by number
    public LoadInventories(Database database, HostFacts facts, List<String> shapes, Instant now) {
        this.database = database;
        this.facts = facts;
        this.shapes = List.copyOf(shapes);
        this.now = now;
    }

    private record Copy(UUID host, UUID from) {}

    /// @param hosts the shape of each host
    /// @return how many kinds of hosts there are
    public int load(List<Integer> hosts, IntFunction<UUID> ids) {
        List<Copy> copies = new ArrayList<>();
        for (int host = 0; host < hosts.size(); host++) {
            UUID id = ids.apply(host);
            UUID from = first.putIfAbsent(facts.kind(host, hosts.get(host)), id);
            if (from != null) {
                copies.add(new Copy(id, from));
            }
        }
        List<Map.Entry<HostFacts.Kind, UUID>> kinds = List.copyOf(first.entrySet());
        for (int from = 0; from < kinds.size(); from += AT_ONCE) {
            List<Map.Entry<HostFacts.Kind, UUID>> some =
                    kinds.subList(from, Math.min(kinds.size(), from + AT_ONCE));
            database.inTransaction(
                    () -> some.forEach(each -> keep(each.getValue(), each.getKey())));
        }
        copy(copies);
        sets();
        return kinds.size();
    }

    private void keep(UUID host, HostFacts.Kind kind) {
        Inventory inventory = facts.inventory(kind, now);
        new Inventories(database, new Shapes(database))
                .keep(
                        new HostId(host),
                        Digests.sha256(kind.toString()),
                        shapes.get(kind.shape()),
                        inventory,
                        now);
        pending.computeIfAbsent(
                kind.shape(),
                _ -> new PendingSets(database).keep(inventory.pending(), inventory.capabilities()));
    }

    private void copy(List<Copy> copies) {
        database.sql(
                        """
                        insert into fleet.inventories
                            (host, digest, shape, alike, received_at, document, failed_units,
                             lists_of, root_free, awaits_reboot, awaits_restart, makeup, states_of)
                        select c.host, i.digest, i.shape, i.alike, i.received_at, i.document,
                               i.failed_units, i.lists_of, i.root_free, i.awaits_reboot,
                               i.awaits_restart, i.makeup, i.states_of
                        from unnest(:hosts::uuid[], :from::uuid[]) as c (host, template)
                        join fleet.inventories i on i.host = c.template
                        """)
                .param("hosts", copies.stream().map(Copy::host).toArray(UUID[]::new))
                .param("from", copies.stream().map(Copy::from).toArray(UUID[]::new))
                .update();
    }

    /// What is pending on each host, and what of it changelogs have told for three days.
    private void sets() {
        List<Integer> numbers = List.copyOf(pending.keySet());
        database.sql(
                        """
                        update fleet.hosts h
                        set pending = p.pending, inventory_digest = i.digest, last_seen = :now
                        from unnest(:shapes::text[], :pending::text[]) as p (shape, pending),
                             fleet.inventories i
                        where h.shape = p.shape and h.retired_at is null and i.host = h.id
                        """)
                .param("shapes", numbers.stream().map(shapes::get).toArray(String[]::new))
                .param("pending", numbers.stream().map(pending::get).toArray(String[]::new))
                .param("now", Times.sql(now))
                .update();
        database.sql(
                        """
                        insert into fleet.told_history (host, told, from_at)
                        select h.id, p.digest, :from
                        from fleet.hosts h
                        join fleet.pending_sets p on p.digest = h.pending
                        where h.retired_at is null and p.named <> '{}'
                        """)
                .param("from", Times.sql(now.minus(Duration.ofDays(3))))
                .update();
        // Nothing else deletes these, so nothing else needs to find who refers to them.
        database.sql("create index loaded_hosts on fleet.hosts (pending)").update();
        database.sql("create index loaded_history on fleet.told_history (told)").update();
        database.sql(
                        "delete from fleet.pending_sets p where not exists"
                                + " (select from fleet.hosts h where h.pending = p.digest)")
                .update();
        database.sql("drop index fleet.loaded_hosts, fleet.loaded_history").update();
    }
}
