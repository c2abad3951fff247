package dev.understudy.advisory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/// OpenPGP public keys, to check detached signatures with.
public final class OpenPgpKeys {
    private final PGPPublicKeyRingCollection keys;

    private OpenPgpKeys(PGPPublicKeyRingCollection keys) {
        this.keys = keys;
    }

    /// Reads a file of public keys, in ASCII armour or binary.
    public static OpenPgpKeys read(Path file) throws FeedException {
        try (InputStream in = PGPUtil.getDecoderStream(Files.newInputStream(file))) {
            OpenPgpKeys keys = new OpenPgpKeys(new BcPGPPublicKeyRingCollection(in));
            if (keys.keys.size() == 0) {
                throw new FeedException("%s holds no OpenPGP public key".formatted(file));
            }
            return keys;
        } catch (IOException | PGPException | RuntimeException e) {
            throw new FeedException("%s holds no OpenPGP public keys".formatted(file), e);
        }
    }

    /// @throws FeedException unless one of these keys made `signature` over `content`
    void require(String name, byte[] content, byte[] signature) throws FeedException {
        try (InputStream in = PGPUtil.getDecoderStream(new ByteArrayInputStream(signature))) {
            Object first = new BcPGPObjectFactory(in).nextObject();
            if (first instanceof PGPSignatureList all) {
                for (PGPSignature each : all) {
                    if (verifies(each, content)) {
                        return;
                    }
                }
            }
        } catch (IOException | PGPException | RuntimeException e) {
            throw new FeedException("the signature of %s cannot be read".formatted(name), e);
        }
        throw new FeedException(
                "%s is not signed by any of the keys that are trusted for this feed"
                        .formatted(name));
    }

    private boolean verifies(PGPSignature signature, byte[] content) throws PGPException {
        PGPPublicKey key = keys.getPublicKey(signature.getKeyID());
        if (key == null || key.hasRevocation()) {
            return false;
        }
        signature.init(new BcPGPContentVerifierBuilderProvider(), key);
        signature.update(content);
        return signature.verify();
    }
}
