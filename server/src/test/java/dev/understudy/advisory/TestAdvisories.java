package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts statements in force as an import does, without a feed's format.
public final class TestAdvisories {
    private final Database database;

    public TestAdvisories(Database database) {
        this.database = database;
    }

    /// @param state FIXED, NOT_FIXED or NOT_AFFECTED
    public record Row(
            String advisory,
            List<String> cves,
            boolean withdrawn,
            String release,
            String source,
            String state,
            String introduced,
            @Nullable String fixed) {}

    /// Everything that `feed` says from now on. In the transaction that is open, if there is one.
    public void replace(String feed, List<Row> rows, Instant now) {
        database.inTransaction(
                () -> {
                    delete(feed);
                    rows.forEach(row -> insert(feed, row, now));
                    new FixHistory(database).record(feed, now);
                });
    }

    /// Says when an advisory of the feed was published.
    public void published(String feed, String advisory, Instant at, Instant now) {
        database.inTransaction(
                () -> {
                    database.sql(
                                    """
                                    update advisory.advisories
                                    set published = :at::timestamptz
                                    where feed = :feed and id = :id
                                    """)
                            .param("at", at.toString())
                            .param("feed", feed)
                            .param("id", advisory)
                            .update();
                    new FixHistory(database).record(feed, now);
                });
    }

    private void delete(String feed) {
        database.sql("delete from advisory.fixed_versions where feed = :feed")
                .param("feed", feed)
                .update();
        database.sql("delete from advisory.advisories where feed = :feed")
                .param("feed", feed)
                .update();
    }

    private void insert(String feed, Row row, Instant now) {
        database.sql(
                        """
                        insert into advisory.advisories
                            (feed, id, cves, aliases, withdrawn, summary)
                        values (:feed, :id, :cves, '{}', :withdrawn::timestamptz, '')
                        on conflict do nothing
                        """)
                .param("feed", feed)
                .param("id", row.advisory())
                .param("cves", row.cves().toArray(String[]::new))
                .param("withdrawn", row.withdrawn() ? now.toString() : null)
                .update();
        database.sql(
                        """
                        insert into advisory.fixed_versions
                            (feed, ecosystem, release, source, advisory, state, introduced, fixed,
                             urgency)
                        values (:feed, 'Debian:12', :release, :source, :advisory, :state,
                                :introduced, :fixed, '')
                        on conflict do nothing
                        """)
                .param("feed", feed)
                .param("release", row.release())
                .param("source", row.source())
                .param("advisory", row.advisory())
                .param("state", row.state())
                .param("introduced", row.introduced())
                .param("fixed", row.fixed())
                .update();
    }
}
