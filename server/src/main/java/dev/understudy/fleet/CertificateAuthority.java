package dev.understudy.fleet;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The control plane's own authority: the only one that agents and the agent endpoint trust. All
/// keys are P-256.
public final class CertificateAuthority {
    private static final Duration ROOT_LIFE = Duration.ofDays(3653);

    /// Clocks of hosts may be behind by this much.
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final Pattern IP = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Some 40 MB at most.
    private static final int REMEMBERED = 250_000;

    private final PrivateKey key;
    private final X509Certificate certificate;

    /// Digests of the certificates whose signature was found good.
    private final Set<String> verified = ConcurrentHashMap.newKeySet();

    CertificateAuthority(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /// A new authority with a new key.
    static CertificateAuthority create(Instant now) {
        KeyPair pair = newKey();
        X500Name name = name("Understudy authority " + serial().toString(16).substring(0, 8));
        try {
            X509v3CertificateBuilder root =
                    new JcaX509v3CertificateBuilder(
                            name,
                            serial(),
                            Date.from(now.minus(SKEW)),
                            Date.from(now.plus(ROOT_LIFE)),
                            name,
                            pair.getPublic());
            root.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            root.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            root.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            return new CertificateAuthority(pair.getPrivate(), sign(root, pair.getPrivate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make the authority's certificate", e);
        }
    }

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException
                | InvalidAlgorithmParameterException impossible) {
            throw new IllegalStateException("every JDK has P-256", impossible);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String pem() {
        return pem(certificate);
    }

    /// SHA-256 of the authority's certificate in hex: what an agent needs to trust it.
    public String fingerprint() {
        return Digests.sha256(encoded(certificate));
    }

    PrivateKey key() {
        return key;
    }

    /// A certificate by which the host proves who it is: its common name is the host's id.
    public X509Certificate forHost(HostId host, PublicKey hostKey, Instant now, Duration life) {
        return issue(host.toString(), hostKey, now, life, KeyPurposeId.id_kp_clientAuth, List.of());
    }

    /// A certificate by which a replica proves that it answers to these names and addresses.
    X509Certificate forServer(List<String> names, PublicKey serverKey, Instant now, Duration life) {
        return issue(
                "Understudy control plane",
                serverKey,
                now,
                life,
                KeyPurposeId.id_kp_serverAuth,
                names);
    }

    /// Whether this authority signed the certificate. Says nothing of its time, or of revocation.
    boolean issued(X509Certificate leaf) {
        String digest = Digests.sha256(encoded(leaf));
        if (verified.contains(digest)) {
            return true;
        }
        if (!leaf.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())
                || leaf.getBasicConstraints() >= 0) {
            return false;
        }
        try {
            leaf.verify(certificate.getPublicKey());
        } catch (GeneralSecurityException forged) {
            return false;
        }
        if (verified.size() >= REMEMBERED) {
            verified.clear();
        }
        verified.add(digest);
        return true;
    }

    static String pem(X509Certificate certificate) {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded(certificate))
                + "\n-----END CERTIFICATE-----\n";
    }

    public static String serialOf(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    private X509Certificate issue(
            String commonName,
            PublicKey subjectKey,
            Instant now,
            Duration life,
            KeyPurposeId purpose,
            List<String> names) {
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder leaf =
                    new JcaX509v3CertificateBuilder(
                            certificate,
                            serial(),
                            Date.from(now.minus(SKEW)),
                            Date.from(now.plus(life)),
                            new javax.security.auth.x500.X500Principal("CN=" + commonName),
                            subjectKey);
            leaf.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            leaf.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            leaf.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            leaf.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(certificate));
            if (!names.isEmpty()) {
                leaf.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
            }
            return sign(leaf, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot issue a certificate to " + commonName, e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static GeneralNames alternatives(List<String> names) {
        return new GeneralNames(
                names.stream()
                        .map(
                                name ->
                                        new GeneralName(
                                                IP.matcher(name).matches()
                                                        ? GeneralName.iPAddress
                                                        : GeneralName.dNSName,
                                                name))
                        .toArray(GeneralName[]::new));
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }

    /// 127 random bits behind a leading 1, so that its hex always has 32 digits.
    private static BigInteger serial() {
        return new BigInteger(126, RANDOM).setBit(126);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate of ours cannot be encoded", e);
        }
    }
}
