package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Problem;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;

/// The API tokens of operators, and the console sessions that single-use links open for them.
public final class Operators {
    /// How long a console link can be used.
    public static final Duration LINK_LIFE = Duration.ofMinutes(10);

    /// How long a console session lasts.
    public static final Duration SESSION_LIFE = Duration.ofHours(12);

    private final Database database;
    private final AuditTrail audit;
    private final InstantSource clock;

    public Operators(Database database, AuditTrail audit, InstantSource clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /// A token as it can be listed; its secret is not kept.
    public record Token(
            UUID id,
            String name,
            Role role,
            String createdBy,
            Instant createdAt,
            Optional<Instant> expiresAt) {}

    /// A new token and its secret, which is shown this once.
    public record Issued(UUID id, String secret) {}

    public Issued issue(String actor, String name, Role role, Optional<Duration> life) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")) {
            throw Problem.invalid(
                    "token-name-invalid",
                    "'%s' cannot name a token. Use up to 64 letters, digits, '.', '_', '@', '-'."
                            .formatted(name));
        }
        if (life.isPresent() && !life.get().isPositive()) {
            throw Problem.invalid(
                    "token-life-invalid", "A token cannot live for %s.".formatted(life.get()));
        }
        Secret secret = Secret.random("us_");
        Instant now = clock.instant();
        UUID id = Ids.at(now);
        try {
            database.inTransaction(
                    () -> {
                        insert(id, name, role, secret, actor, now, life.map(now::plus));
                        audit.append(
                                actor,
                                "governance.token-issued",
                                id.toString(),
                                Map.of("name", name, "role", role.name()));
                    });
        } catch (DuplicateKeyException _) {
            throw Problem.conflict(
                    "token-name-taken", "There is already a token named '%s'.".formatted(name));
        }
        return new Issued(id, secret.text());
    }

    public List<Token> tokens() {
        return database.sql(
                        """
                        select id, name, role, created_by, created_at, expires_at
                        from   governance.token
                        where  revoked_at is null
                        order by id
                        """)
                .query((row, _) -> token(row))
                .list();
    }

    /// Ends a token and every session it opened.
    public void revoke(String actor, UUID id) {
        database.inTransaction(
                () -> {
                    int found =
                            database.sql(
                                            """
                                            update governance.token
                                            set    revoked_at = :now
                                            where  id = :id and revoked_at is null
                                            """)
                                    .param("now", utc(clock.instant()))
                                    .param("id", id)
                                    .update();
                    if (found == 0) {
                        throw Problem.notFound(
                                "token-not-found", "There is no token %s.".formatted(id));
                    }
                    audit.append(actor, "governance.token-revoked", id.toString(), Map.of());
                });
    }

    /// Whose token this is, unless it is unknown, revoked or expired.
    public Optional<Operator> byToken(String secret) {
        byte[] hash = new Secret(secret).hash();
        return database.sql(
                        """
                        select id, name, role, hash
                        from   governance.token
                        where  hash = :hash
                        and    revoked_at is null
                        and    (expires_at is null or expires_at > :now)
                        """)
                .param("hash", hash)
                .param("now", utc(clock.instant()))
                .query((row, _) -> match(row, hash))
                .optional();
    }

    /// A secret that opens one console session for `operator` within [#LINK_LIFE].
    public String consoleLink(Operator operator) {
        Secret secret = Secret.random("");
        database.inTransaction(
                () -> {
                    storeLink(operator.token(), secret);
                    audit.append(
                            operator.actor(),
                            "governance.console-link-issued",
                            operator.token().toString(),
                            Map.of());
                });
        return secret.text();
    }

    /// Uses a console link up; answers the secret of the session that it opened, unless the link is
    /// unknown, used or too old.
    public Optional<String> openSession(String link) {
        return database.inTransaction(
                () ->
                        useUp(link)
                                .map(
                                        token -> {
                                            Secret session = Secret.random("");
                                            storeSession(token, session);
                                            return session.text();
                                        }));
    }

    public Optional<Operator> bySession(String secret) {
        byte[] hash = new Secret(secret).hash();
        return database.sql(
                        """
                        select t.id, t.name, t.role, s.hash
                        from   governance.console_session s
                        join   governance.token t on t.id = s.token
                        where  s.hash = :hash
                        and    s.expires_at > :now
                        and    t.revoked_at is null
                        and    (t.expires_at is null or t.expires_at > :now)
                        """)
                .param("hash", hash)
                .param("now", utc(clock.instant()))
                .query((row, _) -> match(row, hash))
                .optional();
    }

    public void closeSession(String secret) {
        database.sql("delete from governance.console_session where hash = :hash")
                .param("hash", new Secret(secret).hash())
                .update();
    }

    /// Forgets links and sessions that are over.
    public void sweep() {
        OffsetDateTime now = utc(clock.instant());
        database.sql("delete from governance.console_link where expires_at <= :now")
                .param("now", now)
                .update();
        database.sql("delete from governance.console_session where expires_at <= :now")
                .param("now", now)
                .update();
    }

    private Optional<UUID> useUp(String link) {
        return database.sql(
                        """
                        delete from governance.console_link
                        where  hash = :hash and expires_at > :now
                        returning token
                        """)
                .param("hash", new Secret(link).hash())
                .param("now", utc(clock.instant()))
                .query(UUID.class)
                .optional();
    }

    private void storeLink(UUID token, Secret secret) {
        database.sql(
                        """
                        insert into governance.console_link (hash, token, expires_at)
                        values (:hash, :token, :expires)
                        """)
                .param("hash", secret.hash())
                .param("token", token)
                .param("expires", utc(clock.instant().plus(LINK_LIFE)))
                .update();
    }

    private void storeSession(UUID token, Secret secret) {
        database.sql(
                        """
                        insert into governance.console_session (hash, token, expires_at)
                        values (:hash, :token, :expires)
                        """)
                .param("hash", secret.hash())
                .param("token", token)
                .param("expires", utc(clock.instant().plus(SESSION_LIFE)))
                .update();
    }

    private void insert(
            UUID id,
            String name,
            Role role,
            Secret secret,
            String actor,
            Instant now,
            Optional<Instant> expires) {
        database.sql(
                        """
                        insert into governance.token
                               (id, name, role, hash, created_by, created_at, expires_at)
                        values (:id, :name, :role, :hash, :actor, :now, :expires)
                        """)
                .param("id", id)
                .param("name", name)
                .param("role", role.name())
                .param("hash", secret.hash())
                .param("actor", actor)
                .param("now", utc(now))
                .param(
                        "expires",
                        expires.map(Operators::utc).orElse(null),
                        java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    private static Operator match(ResultSet row, byte[] hash) throws SQLException {
        if (!MessageDigest.isEqual(row.getBytes("hash"), hash)) {
            throw new IllegalStateException("the database found a token by another hash");
        }
        return new Operator(
                row.getObject("id", UUID.class),
                row.getString("name"),
                Role.valueOf(row.getString("role")));
    }

    private static Token token(ResultSet row) throws SQLException {
        @Nullable Timestamp expires = row.getTimestamp("expires_at");
        return new Token(
                row.getObject("id", UUID.class),
                row.getString("name"),
                Role.valueOf(row.getString("role")),
                row.getString("created_by"),
                row.getTimestamp("created_at").toInstant(),
                Optional.ofNullable(expires).map(Timestamp::toInstant));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
