package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.Enrolment.OrderKey;
import dev.understudy.protocol.KeyNotice;
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
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /// The keys that sign orders; the first one is made as [#authority] is.
    public OrderKeys orderKeys() {
        database.inTransaction(
                () -> {
                    lock();
                    if (storedOrderKeys().isEmpty()) {
                        insert(newPair(), null, clock.instant());
                    }
                });
        return new OrderKeys(this::storedOrderKeys, clock);
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

    /// Newest first, retired ones too.
    List<StoredOrderKey> storedOrderKeys() {
        return database.sql(
                        """
                        select private_key, public_key, created_at, retires_at, retired_at,
                               announced_by, announcement
                        from fleet.order_keys
                        order by number desc
                        """)
                .query((row, _) -> orderKey(row))
                .list();
    }

    /// The key that signs, in a transaction that no other rotation can cross.
    StoredOrderKey lockSigner() {
        lock();
        return OrderKeys.signer(storedOrderKeys());
    }

    /// Makes a key that follows `former`, which counts until `until` at most.
    StoredOrderKey follow(StoredOrderKey former, Instant now, Instant until) {
        KeyPair pair = newPair();
        insert(pair, former, now);
        database.sql(
                        """
                        update fleet.order_keys
                        set retires_at = least(coalesce(retires_at, :until), :until)
                        where retired_at is null and key_id <> :next
                        """)
                .param("until", Times.sql(until))
                .param("next", OrderKeys.idOf(pair.getPublic()))
                .update();
        return OrderKeys.signer(storedOrderKeys());
    }

    /// Ends the keys whose time is over.
    ///
    /// @return their ids
    List<String> retire(Instant now) {
        return database.sql(
                        """
                        update fleet.order_keys
                        set retired_at = :now, private_key = null
                        where retired_at is null and retires_at <= :now
                        returning key_id
                        """)
                .param("now", Times.sql(now))
                .query(String.class)
                .list();
    }

    private void insert(KeyPair pair, @Nullable StoredOrderKey before, Instant now) {
        OrderKey key =
                new OrderKey(
                        OrderKeys.idOf(pair.getPublic()),
                        Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
        @Nullable KeyNotice notice =
                before == null ? null : KeyNotice.announce(key, before.id(), before.getPrivate());
        database.sql(
                        """
                        insert into fleet.order_keys
                            (key_id, private_key, public_key, created_at, announced_by, announcement)
                        values (:id, :private, :public, :now, :announcedBy, :announcement)
                        """)
                .param("id", key.keyId())
                .param("private", pair.getPrivate().getEncoded())
                .param("public", pair.getPublic().getEncoded())
                .param("now", Times.sql(now))
                .param("announcedBy", before == null ? null : before.id(), Types.VARCHAR)
                .param("announcement", notice == null ? null : notice.signature(), Types.VARCHAR)
                .update();
    }

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
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

    private static StoredOrderKey orderKey(ResultSet row) throws SQLException {
        try {
            KeyFactory ed25519 = KeyFactory.getInstance("Ed25519");
            byte @Nullable [] own = row.getBytes("private_key");
            return new StoredOrderKey(
                    ed25519.generatePublic(new X509EncodedKeySpec(row.getBytes("public_key"))),
                    own == null ? null : ed25519.generatePrivate(new PKCS8EncodedKeySpec(own)),
                    Times.get(row, "created_at"),
                    Times.find(row, "retires_at"),
                    Times.find(row, "retired_at"),
                    row.getString("announced_by"),
                    row.getString("announcement"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key in fleet.order_keys cannot be read", e);
        }
    }
}
