package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The tokens by which hosts join: short-lived, each for one host. Only hashes are kept.
public final class EnrolmentTokens {
    /// How long a token lives unless its maker says otherwise.
    public static final Duration LIFE = Duration.ofHours(1);

    private final Database database;
    private final InstantSource clock;
    private final CertificateAuthority authority;
    private final AuditTrail audit;
    private final SecureRandom random = new SecureRandom();

    public EnrolmentTokens(
            Database database,
            InstantSource clock,
            CertificateAuthority authority,
            AuditTrail audit) {
        this.database = database;
        this.clock = clock;
        this.authority = authority;
        this.audit = audit;
    }

    /// A new token and its text, `SECRET.FINGERPRINT`, which is shown once and kept nowhere.
    public record Created(EnrolmentToken token, String text) {}

    /// The row that a token's secret was good for.
    record Claim(UUID token, String group, Optional<HostId> usedBy) {}

    /// Makes a token for a host of that group.
    public Created create(String actor, String group, Duration life) {
        if (life.compareTo(Duration.ofSeconds(1)) < 0
                || life.compareTo(FleetSettings.LONGEST_TOKEN_LIFE) > 0) {
            throw Problem.invalid(
                    "bad-validity",
                    "A token may live from 1 second to %s, not %s."
                            .formatted(FleetSettings.LONGEST_TOKEN_LIFE, life));
        }
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant now = clock.instant();
        EnrolmentToken token =
                new EnrolmentToken(
                        Ids.at(now), group, actor, now, now.plus(life), null, null, null);
        database.inTransaction(
                () -> {
                    insert(token, secret);
                    audit.append(
                            actor,
                            "fleet.enrolment-token-created",
                            "enrolment-token:" + token.id(),
                            Map.of("group", group, "expiresAt", token.expiresAt().toString()));
                });
        return new Created(token, secret + "." + authority.fingerprint());
    }

    /// Tokens that were made within the last week, newest first.
    public List<EnrolmentToken> recent() {
        return database.sql(
                        """
                        select id, group_name, created_by, created_at, expires_at, withdrawn_at,
                               used_at, used_by
                        from fleet.enrolment_tokens
                        where created_at > :since
                        order by created_at desc, id
                        limit 1000
                        """)
                .param("since", Times.sql(clock.instant().minus(Duration.ofDays(7))))
                .query((row, _) -> token(row))
                .list();
    }

    /// Makes an unused token worthless.
    ///
    /// @throws Problem if there is no such token, or it was used
    public void withdraw(String actor, UUID id) {
        database.inTransaction(
                () -> {
                    int withdrawn =
                            database.sql(
                                            """
                                            update fleet.enrolment_tokens
                                            set withdrawn_at = coalesce(withdrawn_at, :now)
                                            where id = :id and used_at is null
                                            """)
                                    .param("id", id)
                                    .param("now", Times.sql(clock.instant()))
                                    .update();
                    if (withdrawn == 0) {
                        throw Problem.notFound(
                                "enrolment-token-not-found",
                                "There is no unused enrolment token %s.".formatted(id));
                    }
                    audit.append(
                            actor,
                            "fleet.enrolment-token-withdrawn",
                            "enrolment-token:" + id,
                            Map.of());
                });
    }

    /// Uses a token for the key of one host, in the caller's transaction. A host that repeats
    /// itself with the same key, because an answer was lost, is given its former claim.
    Optional<Claim> claim(String text, String keyDigest, HostId newcomer, Instant now) {
        String secret = text.indexOf('.') < 0 ? text : text.substring(0, text.indexOf('.'));
        Optional<Claim> found =
                database.sql(
                                """
                                select id, group_name, used_by
                                from fleet.enrolment_tokens
                                where secret_hash = :hash and withdrawn_at is null
                                  and expires_at > :now
                                  and (used_at is null or key_digest = :keyDigest)
                                for update
                                """)
                        .param("hash", Digests.sha256(secret))
                        .param("now", Times.sql(now))
                        .param("keyDigest", keyDigest)
                        .query(
                                (row, _) ->
                                        new Claim(
                                                row.getObject("id", UUID.class),
                                                row.getString("group_name"),
                                                usedBy(row)))
                        .optional();
        found.filter(claim -> claim.usedBy().isEmpty())
                .ifPresent(claim -> use(claim.token(), keyDigest, newcomer, now));
        return found;
    }

    private void use(UUID token, String keyDigest, HostId newcomer, Instant now) {
        database.sql(
                        """
                        update fleet.enrolment_tokens
                        set used_at = :now, used_by = :host, key_digest = :keyDigest
                        where id = :id
                        """)
                .param("id", token)
                .param("now", Times.sql(now))
                .param("host", newcomer.value())
                .param("keyDigest", keyDigest)
                .update();
    }

    private void insert(EnrolmentToken token, String secret) {
        int made =
                database.sql(
                                """
                                insert into fleet.enrolment_tokens
                                    (id, secret_hash, group_name, created_by, created_at, expires_at)
                                select :id, :hash, g.name, :createdBy, :createdAt, :expiresAt
                                from fleet.groups g
                                where g.name = :group
                                """)
                        .param("id", token.id())
                        .param("hash", Digests.sha256(secret))
                        .param("group", token.group())
                        .param("createdBy", token.createdBy())
                        .param("createdAt", Times.sql(token.createdAt()))
                        .param("expiresAt", Times.sql(token.expiresAt()))
                        .update();
        if (made == 0) {
            throw Problem.notFound(
                    "group-not-found",
                    "There is no group '%s'. Make it first, or use '%s'."
                            .formatted(token.group(), Group.DEFAULT));
        }
    }

    private static Optional<HostId> usedBy(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getObject("used_by", UUID.class)).map(HostId::new);
    }

    private static EnrolmentToken token(ResultSet row) throws SQLException {
        return new EnrolmentToken(
                row.getObject("id", UUID.class),
                row.getString("group_name"),
                row.getString("created_by"),
                Times.get(row, "created_at"),
                Times.get(row, "expires_at"),
                Times.find(row, "withdrawn_at"),
                Times.find(row, "used_at"),
                usedBy(row).orElse(null));
    }
}
