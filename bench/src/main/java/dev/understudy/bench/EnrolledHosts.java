package dev.understudy.bench;

import dev.understudy.fleet.CertificateAuthority;
import dev.understudy.fleet.FleetKeys;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Hosts that were put into the database as if they had been enrolled and had checked in once.
///
/// @param ids of the hosts, in the order in which they were made
record EnrolledHosts(BenchHosts hosts, List<String> ids) {
    EnrolledHosts {
        ids = List.copyOf(ids);
    }

    /// @param group which must be there
    static EnrolledHosts into(Database database, String group, int many) throws SQLException {
        CertificateAuthority authority =
                new FleetKeys(database, InstantSource.system()).authority();
        KeyPair pair = newPair();
        BenchHosts hosts = new BenchHosts(pair.getPrivate(), authority.certificate());
        List<String> ids = new ArrayList<>();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        for (int i = 0; i < many; i++) {
            HostId id = HostId.random();
            hosts.add(id, authority.forHost(id, pair.getPublic(), now, Duration.ofDays(1)));
            ids.add(id.toString());
        }
        try (Connection connection = database.source().getConnection()) {
            connection.setAutoCommit(false);
            rows(connection, hosts.certificates(), group, now);
            certificates(connection, hosts.certificates(), now);
            connection.commit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("vacuum (analyze) fleet.hosts");
            }
        }
        return new EnrolledHosts(hosts, ids);
    }

    private static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("there are no elliptic curves", e);
        }
    }

    private static void rows(
            Connection connection, Map<String, X509Certificate> hosts, String group, Instant now)
            throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.hosts (id, name, machine_id, group_name, enrolled_at, last_seen,"
                                + " agent_version, boot_id, inventory_digest, certificate)")) {
            for (Map.Entry<String, X509Certificate> host : hosts.entrySet()) {
                rows.add(
                        host.getKey(),
                        "bench-" + host.getKey().substring(0, 8),
                        "machine-" + host.getKey(),
                        group,
                        now,
                        now,
                        BenchHosts.VERSION,
                        BenchHosts.BOOT,
                        BenchHosts.INVENTORY,
                        CertificateAuthority.serialOf(host.getValue()));
            }
        }
    }

    private static void certificates(
            Connection connection, Map<String, X509Certificate> hosts, Instant now)
            throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.certificates (serial, host, key_digest, not_before, not_after)")) {
            for (Map.Entry<String, X509Certificate> host : hosts.entrySet()) {
                rows.add(
                        CertificateAuthority.serialOf(host.getValue()),
                        host.getKey(),
                        Digests.sha256(host.getValue().getPublicKey().getEncoded()),
                        now,
                        host.getValue().getNotAfter().toInstant());
            }
        }
    }
}
