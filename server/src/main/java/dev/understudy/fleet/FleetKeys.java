package dev.understudy.fleet;

import dev.understudy.platform.Database;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// The keys that every replica shares, kept in the database and made at the first start: the
/// authority's, and those that sign orders. Whoever can read these tables can act as the control
/// plane; see ADR 5.
public final class FleetKeys {
    private final Database database;
    private final InstantSource clock;

    public FleetKeys(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// The authority; made by the first replica that asks, then the same for all.
    public CertificateAuthority authority() {
        return database.inTransaction(
                () -> {
                    lock();
                    return database.sql("select private_key, certificate from fleet.authority")
                            .query((row, _) -> authority(row))
                            .optional()
                            .orElseGet(this::createAuthority);
                });
    }

    /// The keys that sign orders; as [#authority].
    public OrderKeys orderKeys() {
        return database.inTransaction(
                () -> {
                    lock();
                    List<KeyPair> pairs = orderKeyPairs();
                    if (pairs.isEmpty()) {
                        createOrderKey();
                        pairs = orderKeyPairs();
                    }
                    return new OrderKeys(pairs);
                });
    }

    private void lock() {
        database.sql("lock table fleet.authority in exclusive mode").update();
    }

    private CertificateAuthority createAuthority() {
        Instant now = clock.instant();
        CertificateAuthority made = CertificateAuthority.create(now);
        try {
            database.sql(
                            """
                            insert into fleet.authority (private_key, certificate, created_at)
                            values (:key, :certificate, :now)
                            """)
                    .param("key", made.key().getEncoded())
                    .param("certificate", made.certificate().getEncoded())
                    .param("now", Times.sql(now))
                    .update();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("the authority's certificate cannot be encoded", e);
        }
        return made;
    }

    private List<KeyPair> orderKeyPairs() {
        return database.sql(
                        """
                        select private_key, public_key
                        from fleet.order_keys
                        where retired_at is null
                        order by created_at desc, key_id
                        """)
                .query((row, _) -> orderKey(row))
                .list();
    }

    private void createOrderKey() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            database.sql(
                            """
                            insert into fleet.order_keys
                                (key_id, private_key, public_key, created_at)
                            values (:id, :private, :public, :now)
                            """)
                    .param("id", OrderKeys.idOf(pair.getPublic()))
                    .param("private", pair.getPrivate().getEncoded())
                    .param("public", pair.getPublic().getEncoded())
                    .param("now", Times.sql(clock.instant()))
                    .update();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    private static CertificateAuthority authority(ResultSet row) throws SQLException {
        try {
            return new CertificateAuthority(
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new PKCS8EncodedKeySpec(row.getBytes("private_key"))),
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(row.getBytes("certificate"))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the authority's key in fleet.authority cannot be read", e);
        }
    }

    private static KeyPair orderKey(ResultSet row) throws SQLException {
        try {
            KeyFactory ed25519 = KeyFactory.getInstance("Ed25519");
            return new KeyPair(
                    ed25519.generatePublic(new X509EncodedKeySpec(row.getBytes("public_key"))),
                    ed25519.generatePrivate(new PKCS8EncodedKeySpec(row.getBytes("private_key"))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key in fleet.order_keys cannot be read", e);
        }
    }
}
