package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// Which hosts are changed only after others were. There is never a circle. Every change is in the
/// audit trail.
public final class HostSequence {
    private final Database database;
    private final Hosts hosts;
    private final AuditTrail audit;

    public HostSequence(Database database, Hosts hosts, AuditTrail audit) {
        this.database = database;
        this.hosts = hosts;
        this.audit = audit;
    }

    /// The hosts that come before each, for those that have any; without retired ones.
    public Map<HostId, Set<HostId>> before() {
        return read(database);
    }

    static Map<HostId, Set<HostId>> read(Database database) {
        Map<HostId, Set<HostId>> before = new TreeMap<>();
        database.sql(
                        """
                        select s.host, s.after
                        from fleet.host_sequence s
                        join fleet.hosts h on h.id = s.host and h.retired_at is null
                        join fleet.hosts a on a.id = s.after and a.retired_at is null
                        """)
                .query(
                        (row, _) ->
                                before.computeIfAbsent(
                                                new HostId(row.getObject("host", UUID.class)),
                                                _ -> new TreeSet<>())
                                        .add(new HostId(row.getObject("after", UUID.class))))
                .list();
        return before;
    }

    /// From now on `host` is changed only after `after` was, and is in service again.
    ///
    /// @throws Problem if that closes a circle; it names every host of it
    public void add(String actor, HostId host, HostId after) {
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    List<HostId> circle = path(after, host);
                    if (!circle.isEmpty()) {
                        throw Problem.conflict(
                                "sequence-circle",
                                "That closes a circle, in which each comes after the next: %s. Remove one of these first: understudy sequence remove HOST --after OTHER"
                                        .formatted(names(host, circle)));
                    }
                    int added =
                            database.sql(
                                            """
                                            insert into fleet.host_sequence (host, after)
                                            values (:host, :after)
                                            on conflict do nothing
                                            """)
                                    .param("host", host.value())
                                    .param("after", after.value())
                                    .update();
                    if (added == 1) {
                        note(actor, "fleet.sequence-added", host, after);
                    }
                });
    }

    /// @throws Problem if the one does not come after the other
    public void remove(String actor, HostId host, HostId after) {
        database.inTransaction(
                () -> {
                    WorkGate.lock(database);
                    int removed =
                            database.sql(
                                            """
                                            delete from fleet.host_sequence
                                            where host = :host and after = :after
                                            """)
                                    .param("host", host.value())
                                    .param("after", after.value())
                                    .update();
                    if (removed != 1) {
                        throw Problem.notFound(
                                "sequence-not-found",
                                "%s does not come after %s. See: understudy sequence"
                                        .formatted(
                                                hosts.get(host).name(), hosts.get(after).name()));
                    }
                    note(actor, "fleet.sequence-removed", host, after);
                });
    }

    private void note(String actor, String action, HostId host, HostId after) {
        audit.append(actor, action, "host:" + host, Map.of("after", after.toString()));
    }

    /// How `from` comes after `to` already, both included; empty if it does not.
    private List<HostId> path(HostId from, HostId to) {
        Map<HostId, Set<HostId>> before = before();
        Map<HostId, HostId> reached = new HashMap<>();
        Set<HostId> seen = new HashSet<>(Set.of(from));
        Deque<HostId> queue = new ArrayDeque<>(List.of(from));
        while (!queue.isEmpty() && !seen.contains(to)) {
            HostId at = queue.remove();
            for (HostId next : before.getOrDefault(at, Set.of())) {
                if (seen.add(next)) {
                    reached.put(next, at);
                    queue.add(next);
                }
            }
        }
        if (!seen.contains(to)) {
            return List.of();
        }
        List<HostId> path = new ArrayList<>(List.of(to));
        while (!path.getLast().equals(from)) {
            path.add(reached.getOrDefault(path.getLast(), from));
        }
        Collections.reverse(path);
        return path;
    }

    private String names(HostId host, List<HostId> circle) {
        return hosts.get(host).name()
                + " → "
                + circle.stream()
                        .map(each -> hosts.get(each).name())
                        .collect(Collectors.joining(" → "));
    }
}
