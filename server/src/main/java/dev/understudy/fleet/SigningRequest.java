package dev.understudy.fleet;

import dev.understudy.platform.Problem;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.io.StringReader;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/// A request for a certificate (PKCS#10) whose sender has proved that it holds the key. All that
/// counts in it is the key; subject and attributes are ignored.
record SigningRequest(PublicKey key) {
    private static final Set<ASN1ObjectIdentifier> SIGNATURES =
            Set.of(
                    X9ObjectIdentifiers.ecdsa_with_SHA256,
                    X9ObjectIdentifiers.ecdsa_with_SHA384,
                    X9ObjectIdentifiers.ecdsa_with_SHA512);

    /// Reads a request and checks the proof of possession.
    ///
    /// @throws Problem `bad-signing-request` if it is not one, is not for a P-256 key, or its
    ///   signature was not made by that key
    static SigningRequest read(String pem) {
        PKCS10CertificationRequest request = parse(pem);
        SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
        if (!info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                || !SECObjectIdentifiers.secp256r1.equals(info.getAlgorithm().getParameters())) {
            throw bad(
                    "its key is not a P-256 key. Make the key with -keyalg EC -groupname secp256r1");
        }
        if (!SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm())) {
            throw bad("it is not signed with ECDSA and SHA-256, SHA-384 or SHA-512");
        }
        try {
            PublicKeyFactory.createKey(info);
            PublicKey key =
                    KeyFactory.getInstance("EC")
                            .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw bad("its signature was not made by the key in it");
            }
            return new SigningRequest(key);
        } catch (Problem problem) {
            throw problem;
        } catch (Exception hostile) {
            throw bad("its key or signature cannot be read");
        }
    }

    /// SHA-256 of the public key.
    String keyDigest() {
        return Digests.sha256(key.getEncoded());
    }

    private static PKCS10CertificationRequest parse(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest request) {
                return request;
            }
            throw bad("it is not a PEM certificate request");
        } catch (Problem problem) {
            throw problem;
        } catch (IOException | RuntimeException | StackOverflowError hostile) {
            throw bad("it is not a PEM certificate request");
        }
    }

    private static Problem bad(String why) {
        return Problem.invalid(
                "bad-signing-request", "The certificate request is refused: " + why + ".");
    }
}
