package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The certificates of hosts: issued, in use, revoked.
public final class HostCertificates {
    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
    private static final Pattern SUBJECT = Pattern.compile("CN=([0-9a-f-]{36})");

    /// More than this many in an hour is a fault of the agent, or worse.
    private static final int PER_HOUR = 6;

    private final Database database;
    private final InstantSource clock;
    private final CertificateAuthority authority;
    private final Duration life;

    public HostCertificates(
            Database database,
            InstantSource clock,
            CertificateAuthority authority,
            FleetSettings settings) {
        this.database = database;
        this.clock = clock;
        this.authority = authority;
        this.life = settings.certificateLife();
    }

    /// Who presents this certificate. The connection has proved that its other end holds the key.
    ///
    /// @throws Problem if it proves nothing: not ours, not a host's, or over. Whether it was
    ///   revoked is seen when the host's row is read: see [HostRows]
    public HostIdentity identify(X509Certificate certificate) {
        Matcher subject = SUBJECT.matcher(certificate.getSubjectX500Principal().getName());
        if (!authority.issued(certificate) || !forClients(certificate) || !subject.matches()) {
            throw new Problem(
                    Problem.Kind.UNAUTHENTICATED,
                    "certificate-unknown",
                    "The client certificate was not issued by this control plane to a host."
                            + " Enrol the host with a new token.");
        }
        if (certificate.getNotAfter().toInstant().isBefore(clock.instant())) {
            throw new Problem(
                    Problem.Kind.UNAUTHENTICATED,
                    "certificate-expired",
                    "The client certificate ended at %s. Enrol the host again with a new token."
                            .formatted(certificate.getNotAfter().toInstant()));
        }
        return new HostIdentity(
                HostId.of(subject.group(1)),
                CertificateAuthority.serialOf(certificate),
                certificate);
    }

    static Problem revokedProblem() {
        return new Problem(
                Problem.Kind.FORBIDDEN,
                "certificate-revoked",
                "The client certificate was revoked: the host was retired, or has renewed it since."
                        + " Use the newest certificate, or enrol the host again with a new token.");
    }

    /// Issues a certificate to the host, in the caller's transaction.
    X509Certificate issue(HostId host, SigningRequest request) {
        Instant now = clock.instant();
        X509Certificate made = authority.forHost(host, request.key(), now, life);
        record(host, made, now);
        return made;
    }

    /// Takes up a certificate that this authority issued and this database does not know, as after
    /// it was put back to an older state.
    ///
    /// @return false if the certificate was known
    boolean adopt(HostIdentity who) {
        boolean known =
                database.sql(
                                "select exists (select from fleet.certificates where serial = :serial)")
                        .param("serial", who.serial())
                        .query(Boolean.class)
                        .single();
        if (!known) {
            record(who.host(), who.certificate(), who.certificate().getNotBefore().toInstant());
        }
        return !known;
    }

    private void record(HostId host, X509Certificate made, Instant from) {
        database.sql(
                        """
                        insert into fleet.certificates
                            (serial, host, key_digest, not_before, not_after)
                        values (:serial, :host, :keyDigest, :notBefore, :notAfter)
                        """)
                .param("serial", CertificateAuthority.serialOf(made))
                .param("host", host.value())
                .param("keyDigest", Digests.sha256(made.getPublicKey().getEncoded()))
                .param("notBefore", Times.sql(from))
                .param("notAfter", Times.sql(made.getNotAfter().toInstant()))
                .update();
    }

    /// Refuses a host that asks for certificates too often.
    void requireFewRecent(HostId host) {
        int recent =
                database.sql(
                                """
                                select count(*)
                                from fleet.certificates
                                where host = :host and not_before > :since
                                """)
                        .param("host", host.value())
                        .param("since", Times.sql(clock.instant().minus(Duration.ofHours(1))))
                        .query(Integer.class)
                        .single();
        if (recent >= PER_HOUR) {
            throw new Problem(
                    Problem.Kind.TOO_MANY,
                    "too-many-certificates",
                    "The host was given %d certificates within the last hour; try again later."
                            .formatted(recent));
        }
    }

    /// Whether the certificate is the host's and not revoked, as the database knows at this moment.
    boolean inForce(HostIdentity who) {
        return database.sql(
                        """
                        select exists (select
                                       from fleet.certificates
                                       where serial = :serial and host = :host
                                         and revoked_at is null)
                        """)
                .param("serial", who.serial())
                .param("host", who.host().value())
                .query(Boolean.class)
                .single();
    }

    /// Revokes all certificates of the host but the one it uses now.
    void revokeOthers(HostIdentity who, Instant now) {
        revoke(who.host(), who.serial(), "a newer certificate is in use", now);
    }

    /// Revokes all certificates of the host.
    void revokeAll(HostId host, String reason, Instant now) {
        revoke(host, "", reason, now);
    }

    private void revoke(HostId host, String except, String reason, Instant now) {
        database.sql(
                        """
                        update fleet.certificates
                        set revoked_at = :now, reason = :reason
                        where host = :host and revoked_at is null and serial <> :except
                        """)
                .param("host", host.value())
                .param("now", Times.sql(now))
                .param("reason", reason)
                .param("except", except)
                .update();
    }

    private static boolean forClients(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes != null && purposes.contains(CLIENT_AUTHENTICATION);
        } catch (CertificateParsingException hostile) {
            return false;
        }
    }
}
