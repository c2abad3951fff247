package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes the records of one feed in batches, inside the transaction of its import; nobody sees
/// them before it commits. What a feed says twice is kept once.
final class FeedRows implements FeedSink {
    private static final int BATCH = 2_000;
    private static final int REJECTIONS_TOLD = 3;

    private final Database database;
    private final String feed;
    private final List<FeedRecord.Advisory> advisories = new ArrayList<>();
    private final List<FeedRecord.Fix> fixes = new ArrayList<>();
    private final List<FeedRecord.Exploited> exploited = new ArrayList<>();
    private final List<FeedRecord.Epss> epss = new ArrayList<>();
    private final List<FeedRecord.Ssvc> ssvc = new ArrayList<>();
    private final List<FeedRecord.Severity> severities = new ArrayList<>();
    private final List<String> rejections = new ArrayList<>();
    private final long[] written = new long[6];
    private long rejected;

    FeedRows(Database database, String feed) {
        this.database = database;
        this.feed = feed;
    }

    /// Removes what the feed said before.
    void clear() {
        for (String statement :
                List.of(
                        "delete from advisory.advisories where feed = :feed",
                        "delete from advisory.fixed_versions where feed = :feed",
                        "delete from advisory.exploited where feed = :feed",
                        "delete from advisory.epss where feed = :feed",
                        "delete from advisory.ssvc where feed = :feed",
                        "delete from advisory.severities where feed = :feed")) {
            database.sql(statement).param("feed", feed).update();
        }
    }

    @Override
    public void accept(FeedRecord item) {
        switch (item) {
            case FeedRecord.Advisory it -> add(it, advisories, this::writeAdvisories);
            case FeedRecord.Fix it -> add(it, fixes, this::writeFixes);
            case FeedRecord.Exploited it -> add(it, exploited, this::writeExploited);
            case FeedRecord.Epss it -> add(it, epss, this::writeEpss);
            case FeedRecord.Ssvc it -> add(it, ssvc, this::writeSsvc);
            case FeedRecord.Severity it -> add(it, severities, this::writeSeverities);
        }
    }

    @Override
    public void reject(String why) {
        rejected++;
        if (rejections.size() < REJECTIONS_TOLD) {
            rejections.add(why);
        }
    }

    /// Writes what is left and counts.
    FeedCounts finish() {
        writeAdvisories();
        writeFixes();
        writeExploited();
        writeEpss();
        writeSsvc();
        writeSeverities();
        return new FeedCounts(
                written[0], written[1], written[2], written[3], written[4], written[5]);
    }

    long rejected() {
        return rejected;
    }

    /// The first few things that were rejected.
    String rejections() {
        return String.join("; ", rejections);
    }

    private <T> void add(T item, List<T> batch, Runnable write) {
        batch.add(item);
        if (batch.size() == BATCH) {
            write.run();
        }
    }

    private void writeAdvisories() {
        written[0] +=
                database.sql(
                                """
                                insert into advisory.advisories
                                    (feed, id, cves, aliases, published, modified, withdrawn, summary)
                                select :feed, u.id, string_to_array(u.cves, ' '),
                                       string_to_array(u.aliases, ' '), u.published, u.modified,
                                       u.withdrawn, u.summary
                                from unnest(:ids::text[], :cves::text[], :aliases::text[],
                                            :published::timestamptz[], :modified::timestamptz[],
                                            :withdrawn::timestamptz[], :summaries::text[])
                                     as u (id, cves, aliases, published, modified, withdrawn, summary)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("ids", texts(advisories, FeedRecord.Advisory::id))
                        .param("cves", texts(advisories, a -> String.join(" ", a.cves())))
                        .param("aliases", texts(advisories, a -> joined(a.aliases())))
                        .param("published", times(advisories, FeedRecord.Advisory::published))
                        .param("modified", times(advisories, FeedRecord.Advisory::modified))
                        .param("withdrawn", times(advisories, FeedRecord.Advisory::withdrawn))
                        .param("summaries", texts(advisories, FeedRecord.Advisory::summary))
                        .update();
        advisories.clear();
    }

    /// Aliases are names without blanks; one with blanks is none.
    private static String joined(List<String> aliases) {
        return String.join(" ", aliases.stream().filter(Fields::isId).toList());
    }

    private void writeFixes() {
        written[1] +=
                database.sql(
                                """
                                insert into advisory.fixed_versions
                                    (feed, ecosystem, release, source, advisory, state, introduced,
                                     fixed, urgency)
                                select :feed, u.ecosystem, u.release, u.source, u.advisory, u.state,
                                       u.introduced, u.fixed, u.urgency
                                from unnest(:ecosystems::text[], :releases::text[],
                                            :sources::text[], :advisories::text[], :states::text[],
                                            :introduced::text[], :fixed::text[], :urgencies::text[])
                                     as u (ecosystem, release, source, advisory, state, introduced,
                                           fixed, urgency)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("ecosystems", texts(fixes, FeedRecord.Fix::ecosystem))
                        .param("releases", texts(fixes, FeedRecord.Fix::release))
                        .param("sources", texts(fixes, FeedRecord.Fix::source))
                        .param("advisories", texts(fixes, FeedRecord.Fix::advisory))
                        .param("states", texts(fixes, fix -> fix.state().name()))
                        .param("introduced", texts(fixes, FeedRecord.Fix::introduced))
                        .param("fixed", texts(fixes, FeedRecord.Fix::fixed))
                        .param("urgencies", texts(fixes, FeedRecord.Fix::urgency))
                        .update();
        fixes.clear();
    }

    private void writeExploited() {
        written[2] +=
                database.sql(
                                """
                                insert into advisory.exploited
                                    (feed, cve, date_added, due_date, ransomware, name)
                                select :feed, u.cve, u.date_added, u.due_date, u.ransomware, u.name
                                from unnest(:cves::text[], :added::date[], :due::date[],
                                            :ransomware::text[], :names::text[])
                                     as u (cve, date_added, due_date, ransomware, name)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("cves", texts(exploited, FeedRecord.Exploited::cve))
                        .param("added", dates(exploited, FeedRecord.Exploited::dateAdded))
                        .param("due", dates(exploited, FeedRecord.Exploited::dueDate))
                        .param("ransomware", texts(exploited, it -> it.ransomware().name()))
                        .param("names", texts(exploited, FeedRecord.Exploited::name))
                        .update();
        exploited.clear();
    }

    private void writeEpss() {
        written[3] +=
                database.sql(
                                """
                                insert into advisory.epss (feed, cve, score, percentile)
                                select :feed, u.cve, u.score, u.percentile
                                from unnest(:cves::text[], :scores::float8[],
                                            :percentiles::float8[])
                                     as u (cve, score, percentile)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("cves", texts(epss, FeedRecord.Epss::cve))
                        .param("scores", numbers(epss, FeedRecord.Epss::score))
                        .param("percentiles", numbers(epss, FeedRecord.Epss::percentile))
                        .update();
        epss.clear();
    }

    private void writeSsvc() {
        written[4] +=
                database.sql(
                                """
                                insert into advisory.ssvc
                                    (feed, cve, exploitation, automatable, total_impact, decided_at)
                                select :feed, u.cve, u.exploitation, u.automatable, u.total_impact,
                                       u.decided_at
                                from unnest(:cves::text[], :exploitation::text[],
                                            :automatable::text[], :totalImpact::text[],
                                            :decided::timestamptz[])
                                     as u (cve, exploitation, automatable, total_impact, decided_at)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("cves", texts(ssvc, FeedRecord.Ssvc::cve))
                        .param("exploitation", texts(ssvc, FeedRecord.Ssvc::exploitation))
                        .param("automatable", texts(ssvc, it -> it.automatable().name()))
                        .param("totalImpact", texts(ssvc, it -> it.totalImpact().name()))
                        .param("decided", times(ssvc, FeedRecord.Ssvc::decidedAt))
                        .update();
        ssvc.clear();
    }

    private void writeSeverities() {
        written[5] +=
                database.sql(
                                """
                                insert into advisory.severities
                                    (feed, cve, scheme, value, base_score)
                                select :feed, u.cve, u.scheme, u.value, u.base_score
                                from unnest(:cves::text[], :schemes::text[], :values::text[],
                                            :scores::float8[])
                                     as u (cve, scheme, value, base_score)
                                on conflict do nothing
                                """)
                        .param("feed", feed)
                        .param("cves", texts(severities, FeedRecord.Severity::cve))
                        .param("schemes", texts(severities, FeedRecord.Severity::scheme))
                        .param("values", texts(severities, FeedRecord.Severity::value))
                        .param("scores", numbers(severities, FeedRecord.Severity::baseScore))
                        .update();
        severities.clear();
    }

    private static <T> @Nullable String[] texts(
            List<T> items, Function<T, @Nullable String> value) {
        return items.stream().map(value).toArray(String[]::new);
    }

    private static <T> @Nullable Double[] numbers(
            List<T> items, Function<T, @Nullable Double> value) {
        return items.stream().map(value).toArray(Double[]::new);
    }

    private static <T> @Nullable String[] dates(
            List<T> items, Function<T, @Nullable LocalDate> value) {
        return texts(items, item -> text(value.apply(item)));
    }

    private static <T> @Nullable String[] times(
            List<T> items, Function<T, @Nullable Instant> value) {
        return texts(items, item -> text(value.apply(item)));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    static @Nullable Timestamp sql(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
