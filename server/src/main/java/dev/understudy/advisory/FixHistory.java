package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.time.Instant;

/// What was in force when. Written by every import, in its transaction: only what is not as before
/// is closed and opened, however much the feed says again.
final class FixHistory {
    private static final String CHANNEL = "understudy_changes";

    /// What is in force, of the sources that the feed speaks or spoke of.
    private static final String NOW =
            """
            with asked as (
                select release, source from advisory.fixed_versions where feed = :feed
                union
                select release, source
                from advisory.fix_history
                where feed = :feed and to_at is null
            ),
            """
                    + FixesInForce.SQL;

    private static final String SAME =
            """
            (b.feed, b.ecosystem, b.release, b.package_kind, b.source, b.advisory, b.introduced,
             b.stream)
            = (h.feed, h.ecosystem, h.release, h.package_kind, h.source, h.advisory, h.introduced,
               h.stream)
            and (b.fixed, b.last_affected, b.urgency, b.cves, b.published)
            is not distinct from (h.fixed, h.last_affected, h.urgency, h.cves, h.published)
            """;

    private final Database database;

    FixHistory(Database database) {
        this.database = database;
    }

    /// Brings the history up to what is in force now, as far as `feed` may have changed it. In the
    /// transaction of the import, after its rows were written. One import at a time: of two that do
    /// not see each other's rows none would overrule the other.
    void record(String feed, Instant now) {
        database.sql("select pg_advisory_xact_lock(hashtextextended('advisory.fix_history', 0))")
                .query((_, _) -> true)
                .single();
        // What was just written has no statistics yet, and to compare each row with a whole feed
        // would take hours.
        database.sql("set local enable_nestloop = off").update();
        int changed = end(feed, now) + begin(feed, now);
        database.sql("set local enable_nestloop = on").update();
        if (changed > 0) {
            database.sql("select pg_notify(:channel, '')")
                    .param("channel", CHANNEL)
                    .query((_, _) -> true)
                    .single();
        }
    }

    private int end(String feed, Instant now) {
        return database.sql(
                        NOW
                                + """
                                update advisory.fix_history h
                                set to_at = greatest(h.from_at, :now),
                                    changed = pg_current_xact_id()
                                from asked a
                                where h.to_at is null
                                  and h.release = a.release and h.source = a.source
                                  and not exists (select from believed b where
                                """
                                + SAME
                                + ")")
                .param("feed", feed)
                .param("now", FeedRows.sql(now))
                .update();
    }

    private int begin(String feed, Instant now) {
        return database.sql(
                        NOW
                                + """
                                insert into advisory.fix_history
                                    (feed, ecosystem, release, package_kind, source, advisory,
                                     introduced, fixed, last_affected, urgency, cves, published,
                                     stream, from_at)
                                select b.feed, b.ecosystem, b.release, b.package_kind, b.source,
                                       b.advisory, b.introduced, b.fixed, b.last_affected,
                                       b.urgency, b.cves, b.published, b.stream, :now
                                from believed b
                                where not exists (select from advisory.fix_history h
                                                  where h.to_at is null and
                                """
                                + SAME
                                + ")")
                .param("feed", feed)
                .param("now", FeedRows.sql(now))
                .update();
    }
}
