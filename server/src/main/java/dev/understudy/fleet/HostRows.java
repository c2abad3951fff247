package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.CheckIn;
import java.sql.Types;
import java.time.Instant;

/// The rows of hosts as the agent endpoint uses them: one at a time, locked. Whatever a host sends
/// is taken under this lock, so two connections of one host cannot cross.
final class HostRows {
    private final Database database;
    private final Hosts hosts;
    private final HostCertificates certificates;

    HostRows(Database database, Hosts hosts, HostCertificates certificates) {
        this.database = database;
        this.hosts = hosts;
        this.certificates = certificates;
    }

    /// What the control plane knew of the host before this message.
    record Row(
            String serial,
            boolean retired,
            String bootId,
            long acknowledged,
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
                                       h.acknowledged, h.inventory_digest, h.checkpoints_digest,
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
        if (!certificates.inForce(who)) {
            throw HostCertificates.revokedProblem();
        }
        certificates.revokeOthers(who, now);
        hosts.useCertificate(who.host(), who.serial());
    }

    void seen(
            HostIdentity who,
            CheckIn said,
            long acknowledged,
            String checkpointsDigest,
            Instant now) {
        database.sql(
                        """
                        update fleet.hosts
                        set last_seen = :now, agent_version = :agentVersion, boot_id = :bootId,
                            running_order = :running::uuid, acknowledged = :acknowledged,
                            checkpoints_digest = :checkpoints
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
                .param("acknowledged", acknowledged)
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
