package dev.understudy.agent.link;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/// A new P-256 key and a request for its certificate (PKCS#10, RFC 2986). Only the key counts in
/// it: the subject is empty, since the control plane names the host.
record SigningRequest(KeyPair key, String pem) {
    private static final int SEQUENCE = 0x30;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final byte[] EMPTY_NAME = {0x30, 0x00};
    private static final byte[] NO_ATTRIBUTES = {(byte) 0xa0, 0x00};

    /// AlgorithmIdentifier of ecdsa-with-SHA256, 1.2.840.10045.4.3.2.
    private static final byte[] ECDSA_SHA256 = {
        0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };

    static SigningRequest withNewKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair key = generator.generateKeyPair();
            byte[] info =
                    der(
                            SEQUENCE,
                            VERSION_0,
                            EMPTY_NAME,
                            key.getPublic().getEncoded(),
                            NO_ATTRIBUTES);
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(key.getPrivate());
            signer.update(info);
            byte[] bits = der(0x03, new byte[] {0}, signer.sign());
            byte[] request = der(SEQUENCE, info, ECDSA_SHA256, bits);
            return new SigningRequest(key, Pem.of("CERTIFICATE REQUEST", request));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    /// One DER value with these parts as its content, shorter than 64 KiB.
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(tag);
        if (length > 255) {
            value.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length});
        } else if (length > 127) {
            value.writeBytes(new byte[] {(byte) 0x81, (byte) length});
        } else {
            value.write(length);
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }
}
