package dev.understudy.risk;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The exceptions: each has an owner, a reason and an end, and stops the clock of what it concerns
/// until then. Every change is in the audit trail.
public final class FindingExceptions {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int LONGEST_TEXT = 1_000;
    private static final Pattern SUBJECT =
            Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}|[a-z0-9:.-]+/[A-Za-z0-9@:._+-]+/[^\\s/]+");

    private final Database database;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    public FindingExceptions(Database database, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.outbox = new Outbox(database, clock);
        this.clock = clock;
    }

    /// All that were ever made, the newest first.
    public List<FindingException> all() {
        return database.sql("select * from risk.exceptions order by created_at desc, id")
                .query((row, _) -> read(row))
                .list();
    }

    /// Makes one.
    ///
    /// @param host, group at most one of them; neither is the whole fleet
    public FindingException add(
            String actor,
            String subject,
            @Nullable HostId host,
            String group,
            String owner,
            String reason,
            Instant until) {
        Instant now = clock.instant();
        check(subject, host, group, owner, reason, until, now);
        UUID id = Ids.at(now);
        return database.inTransaction(
                () -> {
                    database.sql(
                                    """
                                    insert into risk.exceptions
                                        (id, subject, host, group_name, owner, reason, created_at,
                                         created_by, until, ended_by)
                                    values (:id, :subject, :host, :group, :owner, :reason, :now,
                                            :actor, :until, '')
                                    """)
                            .param("id", id)
                            .param("subject", subject)
                            .param("host", host == null ? null : host.value(), Types.OTHER)
                            .param("group", group)
                            .param("owner", owner)
                            .param("reason", reason)
                            .param("now", Timestamp.from(now))
                            .param("actor", actor)
                            .param("until", Timestamp.from(until))
                            .update();
                    audit.append(
                            actor,
                            "risk.exception-made",
                            id.toString(),
                            Map.of(
                                    "subject", subject,
                                    "where", where(host, group),
                                    "owner", owner,
                                    "reason", reason,
                                    "until", until.toString()));
                    outbox.publish(new FindingExcepted(id, subject));
                    return get(id);
                });
    }

    /// Ends one before its time: the clock runs again.
    public FindingException end(String actor, UUID id) {
        return database.inTransaction(
                () -> {
                    int ended =
                            database.sql(
                                            """
                                            update risk.exceptions
                                            set ended_at = :now, ended_by = :actor
                                            where id = :id and ended_at is null
                                            """)
                                    .param("id", id)
                                    .param("now", Timestamp.from(clock.instant()))
                                    .param("actor", actor)
                                    .update();
                    FindingException exception = get(id);
                    if (ended == 1) {
                        audit.append(
                                actor,
                                "risk.exception-ended",
                                id.toString(),
                                Map.of("subject", exception.subject()));
                    }
                    return exception;
                });
    }

    List<FindingException> holding() {
        return database.sql(
                        """
                        select * from risk.exceptions
                        where ended_at is null and until > :now
                        order by until desc, id
                        """)
                .param("now", Timestamp.from(clock.instant()))
                .query((row, _) -> read(row))
                .list();
    }

    private FindingException get(UUID id) {
        return database.sql("select * from risk.exceptions where id = :id")
                .param("id", id)
                .query((row, _) -> read(row))
                .optional()
                .orElseThrow(
                        () ->
                                new Problem(
                                        Problem.Kind.NOT_FOUND,
                                        "exception-unknown",
                                        "There is no exception %s. See: understudy exceptions list"
                                                .formatted(id)));
    }

    private static void check(
            String subject,
            @Nullable HostId host,
            String group,
            String owner,
            String reason,
            Instant until,
            Instant now) {
        if (!SUBJECT.matcher(subject).matches()) {
            throw Problem.invalid(
                    "exception-subject-invalid",
                    "'%s' is neither a CVE nor a patch like bookworm/openssl/3.0.17-1~deb12u2."
                            .formatted(subject));
        }
        if (host != null && !group.isEmpty()) {
            throw Problem.invalid(
                    "exception-scope-invalid",
                    "Name a host or a group, or neither for the whole fleet; not both.");
        }
        if (owner.isBlank()
                || reason.isBlank()
                || owner.length() > LONGEST_TEXT
                || reason.length() > LONGEST_TEXT) {
            throw Problem.invalid(
                    "exception-needs-owner-and-reason",
                    "An exception needs an owner and a reason, each of at most %d characters."
                            .formatted(LONGEST_TEXT));
        }
        if (!until.isAfter(now) || until.isAfter(now.plus(LONGEST))) {
            throw Problem.invalid(
                    "exception-end-invalid",
                    "It would end at %s; an exception ends within a year from now, %s."
                            .formatted(until, now));
        }
    }

    private static String where(@Nullable HostId host, String group) {
        return host != null
                ? "host " + host
                : group.isEmpty() ? "the whole fleet" : "group " + group;
    }

    private static FindingException read(ResultSet row) throws SQLException {
        UUID host = row.getObject("host", UUID.class);
        Timestamp ended = row.getTimestamp("ended_at");
        return new FindingException(
                row.getObject("id", UUID.class),
                row.getString("subject"),
                host == null ? null : new HostId(host),
                row.getString("group_name"),
                row.getString("owner"),
                row.getString("reason"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"),
                row.getTimestamp("until").toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("ended_by"));
    }
}
