package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.CheckIn;
import java.sql.Types;
import java.time.Instant;
import java.util.Map;

/// The rows of hosts as the agent endpoint uses them: one at a time, locked. Whatever a host sends
/// is taken under this lock, so two connections of one host cannot cross.
final class HostRows {
    private final Database database;
    private final Hosts hosts;
    private final HostCertificates certificates;
    private final AuditTrail audit;

    HostRows(Database database, Hosts hosts, HostCertificates certificates, AuditTrail audit) {
        this.database = database;
        this.hosts = hosts;
        this.certificates = certificates;
        this.audit = audit;
    }

    /// What the control plane knew of the host before this message.
    ///
    /// @param aheadTo up to where the host was told its events are stored, if that is more than is
    ///   stored here; else 0
    record Row(
            String serial,
            boolean retired,
            String bootId,
            long acknowledged,
            long aheadTo,
            String inventoryDigest,
            String checkpointsDigest,
            String shape,
            int openOrders) {}

    /// Locks the host's row until the transaction ends, and lets the host in.
    ///
    /// @throws Problem if there is no such host, it was retired, or the certificate was revoked
    Row lock(HostIdentity who, Instant now) {
        Row row =
                database.sql(
                                """
                                select h.certificate, h.retired_at is not null as retired, h.boot_id,
                                       h.acknowledged, coalesce(h.ahead_to, 0) as ahead_to,
                                       h.inventory_digest, h.checkpoints_digest,
                                       coalesce(h.shape, '') as shape,
                                       (select count(*)
                                        from fleet.orders o
                                        where o.host = h.id
                                          and o.state in ('QUEUED', 'DELIVERED', 'ACCEPTED'))
                                           as open_orders
                                from fleet.hosts h
                                where h.id = :id
                                for update of h
                                """)
                        .param("id", who.host().value())
                        .query(
                                (r, _) ->
                                        new Row(
                                                r.getString("certificate"),
                                                r.getBoolean("retired"),
                                                r.getString("boot_id"),
                                                r.getLong("acknowledged"),
                                                r.getLong("ahead_to"),
                                                r.getString("inventory_digest"),
                                                r.getString("checkpoints_digest"),
                                                r.getString("shape"),
                                                r.getInt("open_orders")))
                        .optional()
                        .orElseThrow(() -> unknown(who));
        if (row.retired()) {
            throw HostCertificates.revokedProblem();
        }
        if (!row.serial().equals(who.serial())) {
            takeNewer(who, now);
        }
        return row;
    }

    /// The first use of a newer certificate ends the older ones: not its issue, since the answer
    /// that carried it may have been lost.
    private void takeNewer(HostIdentity who, Instant now) {
        if (certificates.adopt(who)) {
            audit.append(
                    "host:" + who.host(),
                    "fleet.certificate-adopted",
                    "host:" + who.host(),
                    Map.of(
                            "certificate",
                            who.serial(),
                            "reason",
                            "issued by this authority and not known here: this database was"
                                    + " put back to an older state"));
        } else if (!certificates.inForce(who)) {
            throw HostCertificates.revokedProblem();
        }
        certificates.revokeOthers(who, now);
        hosts.useCertificate(who.host(), who.serial());
    }

    /// What is stored of a host's events, and what it was told is stored, if that is more; else 0.
    record Standing(long acknowledged, long aheadTo) {
        /// Whether the host knows of things that are not known here.
        boolean ahead() {
            return aheadTo > acknowledged;
        }
    }

    void seen(
            HostIdentity who,
            CheckIn said,
            Standing standing,
            String checkpointsDigest,
            Instant now) {
        database.sql(
                        """
                        update fleet.hosts
                        set last_seen = :now, agent_version = :agentVersion, boot_id = :bootId,
                            running_order = :running::uuid, acknowledged = :acknowledged,
                            ahead_to = nullif(:aheadTo, 0), checkpoints_digest = :checkpoints
                        where id = :id
                        """)
                .param("id", who.host().value())
                .param("now", Times.sql(now))
                .param("agentVersion", said.agentVersion())
                .param("bootId", said.bootId())
                .param(
                        "running",
                        said.running() == null ? null : said.running().toString(),
                        Types.VARCHAR)
                .param("acknowledged", standing.acknowledged())
                .param("aheadTo", standing.aheadTo())
                .param("checkpoints", checkpointsDigest)
                .update();
    }

    private static Problem unknown(HostIdentity who) {
        return new Problem(
                Problem.Kind.UNAUTHENTICATED,
                "host-unknown",
                "This control plane has no host %s. Enrol the host with a new token."
                        .formatted(who.host()));
    }
}
