package dev.understudy.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.fuzz.Fuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fuzz")
class IdentityFuzzTest {
    @TempDir private Path folder;

    /// All that the daemon does with it before it connects.
    @Test
    void identities() throws Exception {
        byte[] order =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
        byte[] own = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate().getEncoded();
        String pem = Pem.of("CERTIFICATE", someCertificate()).replace("\n", "\\n");
        String json =
                """
                {"host": "0190f0a4-7e1c-7d2a-8a4b-3c5d6e7f8a9b", "server": "https://control.example:8443",
                 "privateKey": "%s", "certificatePem": "%s", "authorityPem": "%s",
                 "orderKeys": [{"keyId": "%s", "publicKey": "%s"}]}
                """
                        .formatted(
                                Base64.getEncoder().encodeToString(own),
                                pem,
                                pem,
                                dev.understudy.protocol.Digests.sha256(order).substring(0, 32),
                                Base64.getEncoder().encodeToString(order));
        Path file = folder.resolve("identity.json");
        Fuzz.of("identity.json", LinkException.class)
                .with(json)
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            Identity identity = Identity.read(folder).orElseThrow();
                            assertThat(identity.address().getScheme()).isEqualTo("https");
                            identity.certificate();
                            identity.authority();
                            identity.key();
                            KeyRing.of(identity.orderKeys());
                            identity.renewAt();
                        });
    }

    @Test
    void certificates() throws Exception {
        Fuzz.of("certificate", LinkException.class)
                .with(Pem.of("CERTIFICATE", someCertificate()))
                .runText(pem -> assertThat(Pem.certificates(pem)).isNotEmpty());
    }

    @Test
    void tokens() {
        Fuzz.of("enrolment token", LinkException.class)
                .with("c2VjcmV0LXNlY3JldA." + "0123456789abcdef".repeat(4))
                .runText(token -> assertThat(Enrol.parts(token).group(2)).matches("[0-9a-f]{64}"));
    }

    private static byte[] someCertificate() throws Exception {
        TrustManagerFactory usual =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        usual.init((KeyStore) null);
        X509Certificate[] known =
                ((X509TrustManager) usual.getTrustManagers()[0]).getAcceptedIssuers();
        return known[0].getEncoded();
    }
}
