package dev.understudy.advisory;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What an import brings that nobody knew: told to the other modules, in the import's transaction.
/// The first import of a feed brings no news, only knowledge.
final class FeedNews {
    private final Database database;
    private final FeedStatus before;
    private final Set<String> exploited;
    private final Set<String> regressions;

    private FeedNews(
            Database database, FeedStatus before, Set<String> exploited, Set<String> regressions) {
        this.database = database;
        this.before = before;
        this.exploited = exploited;
        this.regressions = regressions;
    }

    /// Looks at what the feed says before its rows are replaced.
    static FeedNews since(Database database, FeedStatus before) {
        if (before.counts().of("epss") > 0) {
            ScoreShift.keep(database, before.name());
        }
        if (before.counts().of("exploits") > 0) {
            keepExploits(database, before.name());
        }
        return new FeedNews(
                database, before, exploited(database, before), regressions(database, before));
    }

    /// Dates what the feed itself does not date: what is here for the first time was seen today. On
    /// the first import nothing is known of when.
    private void dateExploits(Instant now) {
        database.sql(
                        """
                        update advisory.exploits e
                        set first_seen = coalesce(
                                b.first_seen,
                                case when b.cve is null then cast(:today as date) end)
                        from advisory.exploits n
                        left join exploits_before b on b.cve = n.cve and b.name = n.name
                        where e.feed = :feed and n.feed = e.feed and n.cve = e.cve
                          and n.name = e.name and e.first_seen is null
                        """)
                .param("feed", before.name())
                .param("today", now.atOffset(ZoneOffset.UTC).toLocalDate().toString())
                .update();
    }

    /// Publishes what is new; gives the note that people see with the feed.
    String tell(Outbox outbox, String model, Instant now) {
        String feed = before.name();
        if (!before.inForce()) {
            return "";
        }
        if (before.counts().of("exploits") > 0) {
            dateExploits(now);
        }
        List<String> listed =
                exploited(database, before).stream()
                        .filter(cve -> !exploited.contains(cve))
                        .sorted()
                        .toList();
        if (!listed.isEmpty()) {
            outbox.publish(new ExploitationListed(feed, listed));
        }
        for (String advisory : regressions(database, before)) {
            if (!regressions.contains(advisory)) {
                outbox.publish(regression(advisory));
            }
        }
        ScoreShift shift =
                before.counts().of("epss") == 0
                        ? ScoreShift.NONE
                        : ScoreShift.since(database, feed, before.model(), model);
        if (!shift.risen().isEmpty()) {
            outbox.publish(new LikelihoodRose(feed, shift.risen()));
        }
        return shift.note().isEmpty() && !listed.isEmpty()
                ? "New: " + String.join(", ", listed.subList(0, Math.min(10, listed.size()))) + "."
                : shift.note();
    }

    private static void keepExploits(Database database, String feed) {
        database.sql(
                        """
                        create temporary table exploits_before
                            (cve text, name text, first_seen date, primary key (cve, name))
                        on commit drop
                        """)
                .update();
        database.sql(
                        """
                        insert into exploits_before
                        select cve, name, first_seen from advisory.exploits where feed = :feed
                        """)
                .param("feed", feed)
                .update();
    }

    private RegressionNoticed regression(String advisory) {
        return database.sql(
                        """
                        select a.follows,
                               array(select distinct v.source from advisory.fixed_versions v
                                     where v.feed = a.feed and v.advisory = a.id
                                     order by v.source) as packages
                        from advisory.advisories a
                        where a.feed = :feed and a.id = :id
                        """)
                .param("feed", before.name())
                .param("id", advisory)
                .query(
                        (row, _) ->
                                new RegressionNoticed(
                                        before.name(),
                                        advisory,
                                        row.getString("follows"),
                                        List.of((String[]) row.getArray("packages").getArray())))
                .single();
    }

    /// What it lists as exploited, or tells was seen exploited.
    private static Set<String> exploited(Database database, FeedStatus feed) {
        return new HashSet<>(
                database.sql(
                                """
                                select cve from advisory.exploited where feed = :feed
                                union
                                select cve from advisory.sightings
                                where feed = :feed and kind = 'SIGHTING'
                                """)
                        .param("feed", feed.name())
                        .query(String.class)
                        .list());
    }

    private static Set<String> regressions(Database database, FeedStatus feed) {
        return new HashSet<>(
                database.sql(
                                """
                                select id from advisory.advisories
                                where feed = :feed and follows <> ''
                                """)
                        .param("feed", feed.name())
                        .query(String.class)
                        .list());
    }
}
