package dev.understudy.advisory;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What is known of each feed itself: what is in force, where it came from, and what was wrong.
final class FeedRegister {
    private final Database database;

    FeedRegister(Database database) {
        this.database = database;
    }

    /// What the feed's server said with the data in force.
    record Validators(String etag, String lastModified) {
        static final Validators NONE = new Validators("", "");
    }

    /// Data that takes force.
    record Taken(
            URI url,
            FetchFeed.Fetched.Copy copy,
            String model,
            @Nullable Instant date,
            long read,
            FeedCounts counts,
            String note) {}

    List<FeedStatus> all() {
        return database.sql("select * from advisory.feeds order by name")
                .query((row, _) -> read(row))
                .list();
    }

    Optional<FeedStatus> find(String name) {
        return database.sql("select * from advisory.feeds where name = :name")
                .param("name", name)
                .query((row, _) -> read(row))
                .optional();
    }

    /// The feed as it is, or a new and empty one.
    FeedStatus ensure(String name, URI url) {
        database.sql(
                        """
                        insert into advisory.feeds
                            (name, state, url, etag, last_modified, sha256, model, problem)
                        values (:name, 'EMPTY', :url, '', '', '', '', '')
                        on conflict (name) do nothing
                        """)
                .param("name", name)
                .param("url", url.toString())
                .update();
        return find(name).orElseThrow();
    }

    FeedStatus lock(String name) {
        return database.sql("select * from advisory.feeds where name = :name for update")
                .param("name", name)
                .query((row, _) -> read(row))
                .single();
    }

    Validators validators(String name) {
        return database.sql("select etag, last_modified from advisory.feeds where name = :name")
                .param("name", name)
                .query(
                        (row, _) ->
                                new Validators(
                                        row.getString("etag"), row.getString("last_modified")))
                .single();
    }

    /// A note stays until the next import that has one of its own, so that a change of model can be
    /// seen for longer than a day.
    void taken(String name, Taken taken, Instant now) {
        database.sql(
                        """
                        update advisory.feeds
                        set state = 'IN_FORCE', url = :url, etag = :etag,
                            last_modified = :lastModified, checked_at = :now, fetched_at = :now,
                            sha256 = :sha256, source_date = :date,
                            model_since = case when model = :model then model_since else :now end,
                            model = :model,
                            counts = cast(:counts as jsonb), read_records = :read,
                            problem = '', problem_at = null, failures = 0,
                            note = case when :note = '' then note else :note end,
                            note_at = case when :note = '' then note_at else :now end
                        where name = :name
                        """)
                .param("name", name)
                .param("url", taken.url().toString())
                .param("etag", Fields.clean(taken.copy().etag()))
                .param("lastModified", Fields.clean(taken.copy().lastModified()))
                .param("now", FeedRows.sql(now))
                .param("sha256", taken.copy().sha256())
                .param("date", FeedRows.sql(taken.date()), Types.TIMESTAMP)
                .param("model", taken.model())
                .param("counts", Json.write(taken.counts().byKind()))
                .param("read", taken.read())
                .param("note", taken.note())
                .update();
    }

    void unchanged(String name, Instant now) {
        database.sql(
                        """
                        update advisory.feeds
                        set state = 'IN_FORCE', checked_at = :now, problem = '', problem_at = null,
                            failures = 0
                        where name = :name
                        """)
                .param("name", name)
                .param("now", FeedRows.sql(now))
                .update();
    }

    void failed(String name, FeedStatus.State state, String problem, Instant now) {
        database.sql(
                        """
                        update advisory.feeds
                        set state = :state, checked_at = :now, problem = :problem,
                            problem_at = :now, failures = failures + 1
                        where name = :name
                        """)
                .param("name", name)
                .param("state", state.name())
                .param("now", FeedRows.sql(now))
                .param("problem", problem)
                .update();
    }

    /// Writes down an import that was not just the same again.
    void remember(
            String name,
            URI url,
            FeedImport.Outcome outcome,
            String sha256,
            @Nullable Instant date,
            String sentence,
            Instant now) {
        database.sql(
                        """
                        insert into advisory.imports
                            (feed, url, at, outcome, sha256, source_date, sentence)
                        values (:feed, :url, :at, :outcome, :sha256, :date, :sentence)
                        """)
                .param("feed", name)
                .param("url", url.toString())
                .param("at", FeedRows.sql(now))
                .param("outcome", outcome.name())
                .param("sha256", sha256)
                .param("date", FeedRows.sql(date), Types.TIMESTAMP)
                .param("sentence", sentence)
                .update();
    }

    /// Whether it is time to look again.
    boolean due(String name, Instant now) {
        return database.sql(
                        """
                        select coalesce(max(next_check_at) <= :now, true)
                        from advisory.feeds
                        where name = :name
                        """)
                .param("name", name)
                .param("now", FeedRows.sql(now))
                .query(Boolean.class)
                .single();
    }

    /// How many checks in a row have failed.
    int failures(String name) {
        return database.sql("select failures from advisory.feeds where name = :name")
                .param("name", name)
                .query(Integer.class)
                .single();
    }

    void checkAgain(String name, Instant when) {
        database.sql("update advisory.feeds set next_check_at = :next where name = :name")
                .param("name", name)
                .param("next", FeedRows.sql(when))
                .update();
    }

    private static FeedStatus read(ResultSet row) throws SQLException {
        return new FeedStatus(
                row.getString("name"),
                FeedStatus.State.valueOf(row.getString("state")),
                row.getString("url"),
                instant(row, "checked_at"),
                instant(row, "fetched_at"),
                row.getString("sha256"),
                instant(row, "source_date"),
                row.getString("model"),
                row.getLong("read_records"),
                counts(row.getString("counts")),
                row.getString("problem"),
                instant(row, "problem_at"),
                row.getString("note"),
                instant(row, "note_at"));
    }

    private static FeedCounts counts(String json) {
        Map<String, Long> counts = new java.util.TreeMap<>();
        for (Map.Entry<String, JsonNode> each : Fields.JSON.readTree(json).properties()) {
            counts.put(each.getKey(), each.getValue().longValue());
        }
        return new FeedCounts(counts);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }
}
