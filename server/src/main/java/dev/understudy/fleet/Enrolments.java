package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/// How hosts join and stay: a token and a certificate request for a host and its first certificate,
/// then a renewal before each certificate ends.
public final class Enrolments {
    private final Database database;
    private final InstantSource clock;
    private final Hosts hosts;
    private final EnrolmentTokens tokens;
    private final HostCertificates certificates;
    private final HostRows rows;
    private final CertificateAuthority authority;
    private final OrderKeys orderKeys;
    private final Outbox outbox;
    private final AuditTrail audit;

    public Enrolments(
            Database database,
            InstantSource clock,
            Hosts hosts,
            EnrolmentTokens tokens,
            HostCertificates certificates,
            CertificateAuthority authority,
            OrderKeys orderKeys,
            Outbox outbox,
            AuditTrail audit) {
        this.database = database;
        this.clock = clock;
        this.hosts = hosts;
        this.tokens = tokens;
        this.certificates = certificates;
        this.rows = new HostRows(database, hosts, certificates, audit);
        this.authority = authority;
        this.orderKeys = orderKeys;
        this.outbox = outbox;
        this.audit = audit;
    }

    /// Takes a new host in.
    ///
    /// @throws Problem if the token or the certificate request is refused; then the token is as it
    ///   was
    public Enrolment.Answer enrol(Enrolment.Request asked) {
        SigningRequest request = SigningRequest.read(asked.csrPem());
        return database.inTransaction(
                () -> {
                    Instant now = clock.instant();
                    HostId newcomer = HostId.random();
                    EnrolmentTokens.Claim claim =
                            tokens.claim(asked.token(), request.keyDigest(), newcomer, now)
                                    .orElseThrow(Enrolments::refused);
                    return claim.usedBy()
                            .map(known -> again(known, request))
                            .orElseGet(() -> first(newcomer, asked, request, claim, now));
                });
    }

    /// Gives a host that has a certificate the next one.
    public Enrolment.Answer renew(HostIdentity who, Enrolment.Renewal asked) {
        SigningRequest request = SigningRequest.read(asked.csrPem());
        return database.inTransaction(
                () -> {
                    rows.lock(who, clock.instant());
                    return again(who.host(), request);
                });
    }

    private Enrolment.Answer first(
            HostId newcomer,
            Enrolment.Request asked,
            SigningRequest request,
            EnrolmentTokens.Claim claim,
            Instant now) {
        hosts.add(newcomer, asked.hostname(), asked.machineId(), claim.group(), now);
        X509Certificate certificate = certificates.issue(newcomer, request);
        hosts.useCertificate(newcomer, CertificateAuthority.serialOf(certificate));
        outbox.publish(new HostEnrolled(newcomer));
        audit.append(
                "host:" + newcomer,
                "fleet.host-enrolled",
                "host:" + newcomer,
                Map.of(
                        "name", asked.hostname(),
                        "group", claim.group(),
                        "token", claim.token().toString(),
                        "certificate", CertificateAuthority.serialOf(certificate)));
        return answer(newcomer, certificate);
    }

    private Enrolment.Answer again(HostId host, SigningRequest request) {
        certificates.requireFewRecent(host);
        X509Certificate certificate = certificates.issue(host, request);
        audit.append(
                "host:" + host,
                "fleet.certificate-issued",
                "host:" + host,
                Map.of("certificate", CertificateAuthority.serialOf(certificate)));
        return answer(host, certificate);
    }

    private Enrolment.Answer answer(HostId host, X509Certificate certificate) {
        return new Enrolment.Answer(
                host,
                CertificateAuthority.pem(certificate),
                authority.pem(),
                orderKeys.published());
    }

    private static Problem refused() {
        return new Problem(
                Problem.Kind.UNAUTHENTICATED,
                "token-refused",
                "The enrolment token is wrong, used, withdrawn or has run out."
                        + " Make a new one with: understudy tokens enrol");
    }
}
