package dev.understudy.advisory;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The feeds. An import replaces all that its feed said before, in one transaction, or changes
/// nothing: what is cut off, shrunk, older than what is in force, or not of its format is refused,
/// and the last good data stays in force.
public final class Feeds {
    private static final Duration FUTURE_ALLOWED = Duration.ofDays(2);
    private static final double JITTER = 0.1;
    private static final String POLL = "system";

    /// One bad record in a thousand is passed over; more is a wrong feed.
    private static final double REJECTIONS_ALLOWED = 0.001;

    private final Database database;
    private final AuditTrail audit;
    private final FetchFeed fetch;
    private final Map<String, FeedFormat> formats;
    private final InstantSource clock;
    private final RandomGenerator random;

    public Feeds(
            Database database,
            AuditTrail audit,
            FetchFeed fetch,
            List<FeedFormat> formats,
            InstantSource clock,
            RandomGenerator random) {
        this.database = database;
        this.audit = audit;
        this.fetch = fetch;
        this.formats =
                formats.stream().collect(Collectors.toMap(FeedFormat::kind, Function.identity()));
        this.clock = clock;
        this.random = random;
    }

    static void requireName(String name) {
        if (!name.matches("[a-z]+(-[A-Za-z0-9._-]{1,60})?")) {
            throw Problem.invalid(
                    "feed-name-invalid",
                    ("'%s' is not the name of a feed. It is the word of a format, or that word, a"
                                    + " dash and a name of your own: kev, osv-debian.")
                            .formatted(name));
        }
    }

    /// Every feed that was ever asked for, by name.
    public List<FeedStatus> status() {
        return database.sql("select * from advisory.feeds order by name")
                .query((row, _) -> read(row))
                .list();
    }

    public Optional<FeedStatus> find(String name) {
        return database.sql("select * from advisory.feeds where name = :name")
                .param("name", name)
                .query((row, _) -> read(row))
                .optional();
    }

    /// Rises whenever facts change; results made from facts are good while it stays.
    public long generation() {
        return database.sql("select value from advisory.generation").query(Long.class).single();
    }

    /// Which kinds of facts are in force.
    public FeedCoverage coverage() {
        return FeedCoverage.of(status());
    }

    /// Imports those of `sources` that are due, each at its own pace give or take a tenth.
    public List<FeedImport> pollDue(List<FeedSource> sources) {
        return sources.stream().filter(this::due).map(this::poll).toList();
    }

    private boolean due(FeedSource source) {
        return database.sql(
                        """
                        select coalesce(max(next_check_at) <= :now, true)
                        from advisory.feeds
                        where name = :name
                        """)
                .param("name", source.name())
                .param("now", FeedRows.sql(clock.instant()))
                .query(Boolean.class)
                .single();
    }

    private FeedImport poll(FeedSource source) {
        FeedImport result = importFrom(source.name(), source.url(), POLL);
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        Duration wait = Duration.ofMillis((long) (source.every().toMillis() * factor));
        database.sql("update advisory.feeds set next_check_at = :next where name = :name")
                .param("name", source.name())
                .param("next", FeedRows.sql(clock.instant().plus(wait)))
                .update();
        return result;
    }

    /// Imports what `url` has as feed `name`; its first word is the format.
    ///
    /// @param actor who asked for it, for the audit trail
    public FeedImport importFrom(String name, URI url, String actor) {
        requireName(name);
        FeedFormat format = format(name);
        FeedStatus before = ensure(name, url);
        boolean sameUrl = before.url().equals(url.toString()) && before.inForce();
        Validators validators = sameUrl ? validators(name) : Validators.NONE;
        FetchFeed.Fetched fetched;
        try {
            fetched = fetch.fetch(url, validators.etag(), validators.lastModified());
        } catch (FeedException e) {
            return fail(name, url, FeedImport.Outcome.UNREACHABLE, "", told(e), actor);
        }
        try (fetched) {
            return switch (fetched) {
                case FetchFeed.Fetched.NotModified() -> unchanged(name);
                case FetchFeed.Fetched.Copy copy -> take(name, url, format, before, copy, actor);
            };
        }
    }

    private FeedImport take(
            String name,
            URI url,
            FeedFormat format,
            FeedStatus before,
            FetchFeed.Fetched.Copy copy,
            String actor) {
        if (before.inForce() && copy.sha256().equals(before.sha256())) {
            return unchanged(name);
        }
        try {
            return database.inTransaction(() -> replace(name, url, format, copy, actor));
        } catch (Refused e) {
            return fail(
                    name, url, FeedImport.Outcome.REFUSED, copy.sha256(), told(e.reason()), actor);
        }
    }

    private FeedImport replace(
            String name, URI url, FeedFormat format, FetchFeed.Fetched.Copy copy, String actor) {
        FeedStatus before = lock(name);
        FeedRows rows = new FeedRows(database, name);
        rows.clear();
        FeedHeader header;
        FeedCounts counts;
        try {
            header = FeedReader.read(format, copy.file(), rows);
            counts = rows.finish();
            judge(before, header, counts, rows);
        } catch (FeedException e) {
            throw new Refused(e);
        }
        Instant now = clock.instant();
        new FixHistory(database).record(name, now);
        Instant date = header.date() == null ? copy.modified() : header.date();
        put(name, url, copy, header.model(), date, counts, now);
        database.sql("update advisory.generation set value = value + 1").update();
        String sentence = "%s has %s now.".formatted(name, inWords(counts));
        remember(name, url, FeedImport.Outcome.IMPORTED, copy.sha256(), date, sentence, now);
        audit.append(
                actor,
                "advisory.feed-imported",
                name,
                Map.of("url", url.toString(), "sha256", copy.sha256(), "what", sentence));
        return new FeedImport(FeedImport.Outcome.IMPORTED, sentence, lock(name));
    }

    private void judge(FeedStatus before, FeedHeader header, FeedCounts counts, FeedRows rows)
            throws FeedException {
        long all = counts.total() + rows.rejected();
        if (rows.rejected() > all * REJECTIONS_ALLOWED) {
            throw new FeedException(
                    "%d of %d records are not as their format says: %s"
                            .formatted(rows.rejected(), all, rows.rejections()));
        }
        if (counts.total() == 0) {
            throw new FeedException("it holds no records");
        }
        Optional<String> shrunk = counts.shrunkFrom(before.counts());
        if (shrunk.isPresent()) {
            throw new FeedException(shrunk.get());
        }
        Instant date = header.date();
        if (date == null) {
            return;
        }
        if (date.isAfter(clock.instant().plus(FUTURE_ALLOWED))) {
            throw new FeedException("it says that it is of %s, which is to come".formatted(date));
        }
        if (before.sourceDate() != null && date.isBefore(before.sourceDate())) {
            throw new FeedException(
                    "it is of %s, older than what is in force, of %s"
                            .formatted(date, before.sourceDate()));
        }
    }

    private static String inWords(FeedCounts counts) {
        return counts.byKind().entrySet().stream()
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String told(FeedException e) {
        return Fields.clean(String.valueOf(e.getMessage()));
    }

    private FeedFormat format(String name) {
        String kind = name.replaceAll("-.*", "");
        FeedFormat format = formats.get(kind);
        if (format == null) {
            throw Problem.invalid(
                    "feed-format-unknown",
                    "There is no feed format '%s'; a feed's name starts with one of %s."
                            .formatted(kind, formats.keySet().stream().sorted().toList()));
        }
        return format;
    }

    private FeedStatus ensure(String name, URI url) {
        database.sql(
                        """
                        insert into advisory.feeds
                            (name, state, url, etag, last_modified, sha256, model, advisories,
                             fixes, exploited, epss, ssvc, severities, problem)
                        values (:name, 'EMPTY', :url, '', '', '', '', 0, 0, 0, 0, 0, 0, '')
                        on conflict (name) do nothing
                        """)
                .param("name", name)
                .param("url", url.toString())
                .update();
        return find(name).orElseThrow();
    }

    private FeedStatus lock(String name) {
        return database.sql("select * from advisory.feeds where name = :name for update")
                .param("name", name)
                .query((row, _) -> read(row))
                .single();
    }

    private Validators validators(String name) {
        return database.sql("select etag, last_modified from advisory.feeds where name = :name")
                .param("name", name)
                .query(
                        (row, _) ->
                                new Validators(
                                        row.getString("etag"), row.getString("last_modified")))
                .single();
    }

    private void put(
            String name,
            URI url,
            FetchFeed.Fetched.Copy copy,
            String model,
            @Nullable Instant date,
            FeedCounts counts,
            Instant now) {
        database.sql(
                        """
                        update advisory.feeds
                        set state = 'IN_FORCE', url = :url, etag = :etag,
                            last_modified = :lastModified, checked_at = :now, fetched_at = :now,
                            sha256 = :sha256, source_date = :date, model = :model,
                            advisories = :advisories, fixes = :fixes, exploited = :exploited,
                            epss = :epss, ssvc = :ssvc, severities = :severities,
                            problem = '', problem_at = null
                        where name = :name
                        """)
                .param("name", name)
                .param("url", url.toString())
                .param("etag", Fields.clean(copy.etag()))
                .param("lastModified", Fields.clean(copy.lastModified()))
                .param("now", FeedRows.sql(now))
                .param("sha256", copy.sha256())
                .param("date", FeedRows.sql(date), Types.TIMESTAMP)
                .param("model", model)
                .param("advisories", counts.advisories())
                .param("fixes", counts.fixes())
                .param("exploited", counts.exploited())
                .param("epss", counts.epss())
                .param("ssvc", counts.ssvc())
                .param("severities", counts.severities())
                .update();
    }

    private FeedImport unchanged(String name) {
        database.sql(
                        """
                        update advisory.feeds
                        set state = 'IN_FORCE', checked_at = :now, problem = '', problem_at = null
                        where name = :name
                        """)
                .param("name", name)
                .param("now", FeedRows.sql(clock.instant()))
                .update();
        return new FeedImport(
                FeedImport.Outcome.UNCHANGED,
                "%s is the same as what is in force.".formatted(name),
                find(name).orElseThrow());
    }

    private FeedImport fail(
            String name,
            URI url,
            FeedImport.Outcome outcome,
            String sha256,
            String why,
            String actor) {
        boolean refused = outcome == FeedImport.Outcome.REFUSED;
        String sentence =
                refused
                        ? "What came from %s was refused: %s.".formatted(url, why)
                        : "Nothing came: %s.".formatted(why);
        Instant now = clock.instant();
        database.inTransaction(
                () -> {
                    database.sql(
                                    """
                                    update advisory.feeds
                                    set state = :state, checked_at = :now, problem = :problem,
                                        problem_at = :now
                                    where name = :name
                                    """)
                            .param("name", name)
                            .param(
                                    "state",
                                    (refused
                                                    ? FeedStatus.State.QUARANTINED
                                                    : FeedStatus.State.UNREACHABLE)
                                            .name())
                            .param("now", FeedRows.sql(now))
                            .param("problem", sentence)
                            .update();
                    remember(name, url, outcome, sha256, null, sentence, now);
                    if (refused || !actor.equals(POLL)) {
                        audit.append(
                                actor,
                                "advisory.feed-import-failed",
                                name,
                                Map.of("url", url.toString(), "why", sentence));
                    }
                });
        return new FeedImport(outcome, sentence, find(name).orElseThrow());
    }

    private void remember(
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
                new FeedCounts(
                        row.getLong("advisories"),
                        row.getLong("fixes"),
                        row.getLong("exploited"),
                        row.getLong("epss"),
                        row.getLong("ssvc"),
                        row.getLong("severities")),
                row.getString("problem"),
                instant(row, "problem_at"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }

    private record Validators(String etag, String lastModified) {
        static final Validators NONE = new Validators("", "");
    }

    /// Carries a refusal out of the transaction that it undoes.
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final FeedException reason;

        Refused(FeedException reason) {
            super(reason);
            this.reason = reason;
        }

        FeedException reason() {
            return reason;
        }
    }
}
