package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// When which host showed which [Symptom], whoever saw it. What lasts is kept open; what is old is
/// forgotten with the hosts' reports.
public final class Symptoms {
    private static final String INVENTORY = "inventory";

    /// So many may be open on one host; what comes on top says nothing new of it.
    private static final int MOST_OPEN = 200;

    private static final int LONGEST_DETAIL = 2_000;

    private final Database database;

    public Symptoms(Database database) {
        this.database = database;
    }

    /// One of them.
    ///
    /// @param source `inventory`, `apply`, or who told it
    /// @param endedAt null while it lasts
    public record Shown(
            HostId host,
            String name,
            String symptom,
            String source,
            String detail,
            Instant beganAt,
            @Nullable Instant endedAt) {}

    /// Notes that a symptom began; false if it is open already or too many are.
    public boolean began(
            HostId host, String symptom, String source, String detail, Instant beganAt) {
        return database.sql(
                                """
                                insert into fleet.symptoms (host, symptom, source, detail, began_at)
                                select :host, :symptom, :source, :detail, :began
                                where (select count(*)
                                       from fleet.symptoms
                                       where host = :host and ended_at is null) < :most
                                on conflict do nothing
                                """)
                        .param("host", host.value())
                        .param("symptom", clean(symptom))
                        .param("source", clean(source))
                        .param("detail", shortened(detail))
                        .param("began", Times.sql(beganAt))
                        .param("most", MOST_OPEN)
                        .update()
                == 1;
    }

    /// Notes that a symptom is over; false if it was not open.
    public boolean ended(HostId host, String symptom, String source, Instant endedAt) {
        return database.sql(
                                """
                                update fleet.symptoms
                                set ended_at = greatest(:ended, began_at)
                                where host = :host and symptom = :symptom and source = :source
                                  and ended_at is null
                                """)
                        .param("host", host.value())
                        .param("symptom", clean(symptom))
                        .param("source", clean(source))
                        .param("ended", Times.sql(endedAt))
                        .update()
                > 0;
    }

    /// Notes what an apply showed, which is over with it.
    public void shown(HostId host, Collection<String> symptoms, String source, Instant at) {
        symptoms.forEach(
                symptom ->
                        database.sql(
                                        """
                                        insert into fleet.symptoms
                                            (host, symptom, source, detail, began_at, ended_at)
                                        values (:host, :symptom, :source, '', :at, :at)
                                        """)
                                .param("host", host.value())
                                .param("symptom", clean(symptom))
                                .param("source", clean(source))
                                .param("at", Times.sql(at))
                                .update());
    }

    /// Follows a host from one inventory to the next.
    void follow(HostId host, Inventory before, Inventory now, Instant at) {
        Set<String> open =
                new HashSet<>(
                        database.sql(
                                        """
                                        select symptom
                                        from fleet.symptoms
                                        where host = :host and source = :source
                                          and ended_at is null
                                        """)
                                .param("host", host.value())
                                .param("source", INVENTORY)
                                .query(String.class)
                                .list());
        Symptom.ended(open, now).forEach(symptom -> ended(host, symptom, INVENTORY, at));
        Symptom.begun(before, now).forEach(symptom -> began(host, symptom, INVENTORY, "", at));
    }

    /// What began on these hosts from `since` on; nothing for those that showed nothing.
    public Map<HostId, Set<String>> since(Collection<HostId> hosts, Instant since) {
        Map<HostId, Set<String>> shown = new HashMap<>();
        database.sql(
                        """
                        select distinct host, symptom
                        from fleet.symptoms
                        where began_at >= :since and host = any (:hosts)
                        """)
                .param("since", Times.sql(since))
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                shown.computeIfAbsent(
                                                new HostId(row.getObject("host", UUID.class)),
                                                _ -> new TreeSet<>())
                                        .add(row.getString("symptom")))
                .list();
        return shown;
    }

    /// When a symptom began first, and when it ended last; null while it lasts.
    public record Time(Instant beganAt, @Nullable Instant endedAt) {}

    /// As [#since], with times.
    public Map<HostId, Map<String, Time>> times(Collection<HostId> hosts, Instant since) {
        Map<HostId, Map<String, Time>> times = new HashMap<>();
        database.sql(
                        """
                        select host, symptom, min(began_at) as began_at,
                               case when bool_and(ended_at is not null)
                                    then max(ended_at) end as ended_at
                        from fleet.symptoms
                        where began_at >= :since and host = any (:hosts)
                        group by host, symptom
                        """)
                .param("since", Times.sql(since))
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                times.computeIfAbsent(
                                                new HostId(row.getObject("host", UUID.class)),
                                                _ -> new HashMap<>())
                                        .put(
                                                row.getString("symptom"),
                                                new Time(
                                                        Times.get(row, "began_at"),
                                                        Times.find(row, "ended_at"))))
                .list();
        return times;
    }

    /// The newest first; those that last before those that are over.
    public List<Shown> newest(int limit) {
        return database.sql(
                        """
                        select s.host, h.name, s.symptom, s.source, s.detail, s.began_at, s.ended_at
                        from fleet.symptoms s
                        join fleet.hosts h on h.id = s.host
                        order by s.ended_at is not null, s.began_at desc, s.id desc
                        limit :limit
                        """)
                .param("limit", limit)
                .query(
                        (row, _) ->
                                new Shown(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getString("name"),
                                        row.getString("symptom"),
                                        row.getString("source"),
                                        row.getString("detail"),
                                        Times.get(row, "began_at"),
                                        Times.find(row, "ended_at")))
                .list();
    }

    /// The symptoms that `source` holds open, by host.
    public Map<HostId, Set<String>> open(String source) {
        Map<HostId, Set<String>> open = new HashMap<>();
        database.sql(
                        """
                        select host, symptom
                        from fleet.symptoms
                        where source = :source and ended_at is null
                        """)
                .param("source", clean(source))
                .query(
                        (row, _) ->
                                open.computeIfAbsent(
                                                new HostId(row.getObject("host", UUID.class)),
                                                _ -> new TreeSet<>())
                                        .add(row.getString("symptom")))
                .list();
        return open;
    }

    private static String shortened(String detail) {
        String text = clean(detail);
        return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
    }

    /// PostgreSQL's text has no NUL.
    private static String clean(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
