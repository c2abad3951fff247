package dev.understudy.integration;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Prometheus is asked, and what came of it last.
public final class HealthQueries {
    private static final int MOST = 100;
    private static final int LONGEST = 1_000;

    private final Database database;
    private final AuditTrail audit;
    private final InstantSource clock;

    public HealthQueries(Database database, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /// A query as it stands.
    ///
    /// @param answeredAt the last whole answer; null if there was none
    /// @param failingSince null unless the last try failed
    /// @param breach what is wrong without being about a known host; empty if nothing is
    public record Asked(
            HealthQuery query,
            Instant setAt,
            @Nullable Instant answeredAt,
            @Nullable Instant failingSince,
            String problem,
            String breach) {}

    /// In the order of their names.
    public List<Asked> all() {
        return database.sql(
                        """
                        select name, group_name, url, query, breached_when, threshold, host_label,
                               set_at, answered_at, failing_since, problem, breach
                        from integration.health_queries
                        order by name
                        """)
                .query((row, _) -> asked(row))
                .list();
    }

    /// Sets a query, in place of the one of that name.
    ///
    /// @throws Problem if there are too many
    public void set(String actor, HealthQuery query) {
        database.inTransaction(
                () -> {
                    database.sql(
                                    "lock table integration.health_queries in share row exclusive mode")
                            .update();
                    boolean known =
                            all().stream().anyMatch(a -> a.query().name().equals(query.name()));
                    if (!known && all().size() >= MOST) {
                        throw Problem.conflict(
                                "too-many-health-queries",
                                "There are %d queries; no more are asked.".formatted(MOST));
                    }
                    database.sql(
                                    """
                                    insert into integration.health_queries
                                        (name, group_name, url, query, breached_when, threshold,
                                         host_label, set_at, set_by)
                                    values (:name, :group, :url, :query, :when, :threshold, :label,
                                            :now, :by)
                                    on conflict (name) do update
                                    set group_name    = excluded.group_name,
                                        url           = excluded.url,
                                        query         = excluded.query,
                                        breached_when = excluded.breached_when,
                                        threshold     = excluded.threshold,
                                        host_label    = excluded.host_label,
                                        set_at        = excluded.set_at,
                                        set_by        = excluded.set_by,
                                        answered_at   = null,
                                        failing_since = null,
                                        problem       = '',
                                        breach        = ''
                                    """)
                            .param("name", query.name())
                            .param("group", query.group())
                            .param("url", query.url().toString())
                            .param("query", query.query())
                            .param("when", query.breachedWhen().name())
                            .param("threshold", query.threshold())
                            .param("label", query.hostLabel())
                            .param("now", utc(clock.instant()))
                            .param("by", actor)
                            .update();
                    audit.append(
                            actor,
                            "integration.health-query-set",
                            "health-query:" + query.name(),
                            Map.of(
                                    "group", query.group(),
                                    "url", query.url().toString(),
                                    "query", query.query(),
                                    "breachedWhen",
                                            query.breachedWhen() + " " + query.threshold()));
                });
    }

    /// @throws Problem if there is none of that name
    public void remove(String actor, String name) {
        database.inTransaction(
                () -> {
                    int removed =
                            database.sql(
                                            "delete from integration.health_queries where name = :name")
                                    .param("name", name)
                                    .update();
                    if (removed == 0) {
                        throw Problem.notFound(
                                "health-query-not-found",
                                "There is no health query '%s'.".formatted(name));
                    }
                    audit.append(
                            actor,
                            "integration.health-query-removed",
                            "health-query:" + name,
                            Map.of());
                });
    }

    void answered(String name, String breach) {
        database.sql(
                        """
                        update integration.health_queries
                        set answered_at = :now, failing_since = null, problem = '', breach = :breach
                        where name = :name
                        """)
                .param("now", utc(clock.instant()))
                .param("breach", shortened(breach))
                .param("name", name)
                .update();
    }

    void failed(String name, String problem) {
        database.sql(
                        """
                        update integration.health_queries
                        set failing_since = coalesce(failing_since, :now), problem = :problem
                        where name = :name
                        """)
                .param("now", utc(clock.instant()))
                .param("problem", shortened(problem))
                .param("name", name)
                .update();
    }

    private static String shortened(String text) {
        String clean = text.replace('\0', '\uFFFD');
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
    }

    private static Asked asked(ResultSet row) throws SQLException {
        return new Asked(
                new HealthQuery(
                        row.getString("name"),
                        row.getString("group_name"),
                        URI.create(row.getString("url")),
                        row.getString("query"),
                        HealthQuery.Side.valueOf(row.getString("breached_when")),
                        row.getDouble("threshold"),
                        row.getString("host_label")),
                row.getObject("set_at", OffsetDateTime.class).toInstant(),
                instant(row, "answered_at"),
                instant(row, "failing_since"),
                row.getString("problem"),
                row.getString("breach"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
