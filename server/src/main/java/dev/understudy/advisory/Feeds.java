package dev.understudy.advisory;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The feeds. An import replaces all that its feed said before, in one transaction, or changes
/// nothing: what is cut off, shrunk, older than what is in force, or not of its format is refused,
/// and the last good data stays in force.
public final class Feeds {
    private static final String POLL = "system";

    private final Database database;
    private final Outbox outbox;
    private final AuditTrail audit;
    private final FetchFeed fetch;
    private final Map<String, FeedFormat> formats;
    private final FeedRegister register;
    private final InstantSource clock;
    private final RandomGenerator random;

    public Feeds(
            Database database,
            Outbox outbox,
            AuditTrail audit,
            FetchFeed fetch,
            List<FeedFormat> formats,
            InstantSource clock,
            RandomGenerator random) {
        this.database = database;
        this.outbox = outbox;
        this.audit = audit;
        this.fetch = fetch;
        this.formats =
                formats.stream().collect(Collectors.toMap(FeedFormat::kind, Function.identity()));
        this.register = new FeedRegister(database);
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
        return register.all().stream().map(this::withAge).toList();
    }

    public Optional<FeedStatus> find(String name) {
        return register.find(name).map(this::withAge);
    }

    private FeedStatus withAge(FeedStatus status) {
        FeedFormat format = formats.get(status.kind());
        return format == null || status.state() != FeedStatus.State.IN_FORCE
                ? status
                : JudgeFeed.stale(format, status, clock.instant())
                        .map(status::stale)
                        .orElse(status);
    }

    /// Rises whenever facts change; results made from facts are good while it stays.
    public long generation() {
        return database.sql("select value from advisory.generation").query(Long.class).single();
    }

    /// Which kinds of facts are in force.
    public FeedCoverage coverage() {
        return FeedCoverage.of(status());
    }

    /// Imports those of `sources` that are due, each at its own pace; see [FeedPace].
    public List<FeedImport> pollDue(List<FeedSource> sources) {
        return sources.stream()
                .filter(source -> register.due(source.name(), clock.instant()))
                .map(this::poll)
                .toList();
    }

    private FeedImport poll(FeedSource source) {
        FeedImport result = importFrom(source.name(), source.url(), POLL);
        register.checkAgain(
                source.name(),
                clock.instant()
                        .plus(
                                FeedPace.next(
                                        source.every(),
                                        register.failures(source.name()),
                                        result.askedToWait(),
                                        random)));
        return result;
    }

    /// Whether a person takes a feed at its word that lost more than such a feed may.
    public enum Loss {
        REFUSED,
        ACCEPTED
    }

    /// @param actor who asked for it, for the audit trail
    private record Asked(String name, URI url, FeedFormat format, String actor, Loss loss) {}

    /// The same, where nobody accepts a loss.
    public FeedImport importFrom(String name, URI url, String actor) {
        return importFrom(name, url, actor, Loss.REFUSED);
    }

    /// Imports what `url` has as feed `name`; its first word is the format.
    ///
    /// @param actor who asked for it, for the audit trail
    public FeedImport importFrom(String name, URI url, String actor, Loss loss) {
        requireName(name);
        Asked asked = new Asked(name, url, format(name), actor, loss);
        FeedStatus before = register.ensure(name, url);
        boolean sameUrl = before.url().equals(url.toString()) && before.inForce();
        FeedRegister.Validators validators =
                sameUrl ? register.validators(name) : FeedRegister.Validators.NONE;
        FetchFeed.Fetched fetched;
        try {
            fetched = fetch.fetch(name, url, validators.etag(), validators.lastModified());
        } catch (FeedException e) {
            return fail(asked, FeedImport.Outcome.UNREACHABLE, "", e);
        }
        try (fetched) {
            return switch (fetched) {
                case FetchFeed.Fetched.NotModified() -> unchanged(name);
                case FetchFeed.Fetched.Copy copy -> take(asked, before, copy);
            };
        }
    }

    private FeedImport take(Asked asked, FeedStatus before, FetchFeed.Fetched.Copy copy) {
        if (before.inForce() && copy.sha256().equals(before.sha256())) {
            return unchanged(asked.name());
        }
        try {
            return database.inTransaction(() -> replace(asked, copy));
        } catch (Refused e) {
            return fail(asked, FeedImport.Outcome.REFUSED, copy.sha256(), e.reason());
        }
    }

    private FeedImport replace(Asked asked, FetchFeed.Fetched.Copy copy) {
        String name = asked.name();
        FeedFormat format = asked.format();
        FeedStatus before = register.lock(name);
        FeedNews news = FeedNews.since(database, before);
        FactChanges changes = new FactChanges(database);
        changes.keep(name);
        FeedRows rows = new FeedRows(database, name);
        rows.clear();
        Instant now = clock.instant();
        FeedHeader header;
        FeedCounts counts;
        Optional<String> lost;
        try {
            header = FeedReader.read(format, copy.file().ofFeed(name), rows);
            counts = rows.finish();
            JudgeFeed.judge(before, header, counts, rows, now);
            lost = JudgeFeed.lost(format, before, counts, asked.loss());
        } catch (FeedException e) {
            throw new Refused(e);
        }
        if (before.counts().of("fixes") + counts.of("fixes") > 0) {
            new FixHistory(database).record(name, now);
        }
        Instant date = header.date() == null ? copy.modified() : header.date();
        String note =
                Stream.of(
                                header.note(),
                                news.tell(outbox, header.model(), now),
                                lost.map(what -> "Accepted: %s.".formatted(what)).orElse(""))
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.joining(" "));
        register.taken(
                name,
                new FeedRegister.Taken(
                        asked.url(), copy, header.model(), date, rows.read(), counts, note),
                now);
        long generation = nextGeneration();
        changes.record(generation, name, !before.inForce() && format.kind().equals("kev"));
        outbox.publish(new FactsChanged(name, generation));
        String sentence = "%s has %s now. %s".formatted(name, inWords(counts), note).strip();
        register.remember(
                name, asked.url(), FeedImport.Outcome.IMPORTED, copy.sha256(), date, sentence, now);
        audit.append(
                asked.actor(),
                "advisory.feed-imported",
                name,
                Map.of("url", asked.url().toString(), "sha256", copy.sha256(), "what", sentence));
        return new FeedImport(
                FeedImport.Outcome.IMPORTED, sentence, withAge(register.lock(name)), null);
    }

    private long nextGeneration() {
        return database.sql("update advisory.generation set value = value + 1 returning value")
                .query(Long.class)
                .single();
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
        FeedFormat format = formats.get(FeedStatus.kindOf(name));
        if (format == null) {
            throw Problem.invalid(
                    "feed-format-unknown",
                    "There is no feed format '%s'; a feed's name starts with one of %s."
                            .formatted(
                                    FeedStatus.kindOf(name),
                                    formats.keySet().stream().sorted().toList()));
        }
        return format;
    }

    private FeedImport unchanged(String name) {
        register.unchanged(name, clock.instant());
        return new FeedImport(
                FeedImport.Outcome.UNCHANGED,
                "%s is the same as what is in force.".formatted(name),
                find(name).orElseThrow(),
                null);
    }

    private FeedImport fail(
            Asked asked, FeedImport.Outcome outcome, String sha256, FeedException why) {
        String name = asked.name();
        URI url = asked.url();
        boolean refused = outcome == FeedImport.Outcome.REFUSED;
        String sentence =
                refused
                        ? "What came from %s was refused: %s.".formatted(url, told(why))
                        : "Nothing came: %s.".formatted(told(why));
        FeedStatus.State state =
                refused ? FeedStatus.State.QUARANTINED : FeedStatus.State.UNREACHABLE;
        Instant now = clock.instant();
        database.inTransaction(
                () -> {
                    register.failed(name, state, sentence, now);
                    register.remember(name, url, outcome, sha256, null, sentence, now);
                    if (refused || !asked.actor().equals(POLL)) {
                        audit.append(
                                asked.actor(),
                                "advisory.feed-import-failed",
                                name,
                                Map.of("url", url.toString(), "why", sentence));
                    }
                });
        return new FeedImport(
                outcome, sentence, find(name).orElseThrow(), why.retryAfter().orElse(null));
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
