package dev.understudy.agent.link;

import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes this host a member: a new key, a request for its certificate, and a single-use token that
/// also tells which authority to believe, so that the very first connection is authenticated both
/// ways.
public final class Enrol {
    private static final Pattern TOKEN = Pattern.compile("([0-9A-Za-z_-]{8,200})\\.([0-9a-f]{64})");

    private Enrol() {}

    /// Enrols and keeps the identity in the data folder, replacing any former one.
    public static Identity enrol(
            URI server, String token, String hostname, String machineId, Path dataFolder)
            throws LinkException, IOException, InterruptedException {
        Matcher parts = parts(token);
        SigningRequest request = SigningRequest.withNewKey();
        Enrolment.Request message =
                new Enrolment.Request(parts.group(1), hostname, machineId, request.pem());
        try (Https https = new Https(server, Tls.believingFingerprint(parts.group(2)))) {
            Enrolment.Answer answer =
                    Wire.decode(
                            https.send("POST", "/agent/v1/enrol", Wire.encode(message)),
                            Enrolment.Answer.class);
            Identity identity = Identity.of(server, request, answer);
            requireFingerprint(identity, parts.group(2));
            identity.write(dataFolder);
            return identity;
        } catch (WireException e) {
            throw new LinkException("%s answered %s".formatted(server, e.getMessage()), e);
        }
    }

    static Matcher parts(String token) throws LinkException {
        Matcher parts = TOKEN.matcher(token.strip());
        if (!parts.matches()) {
            throw new LinkException(
                    "the token is not whole: SECRET.FINGERPRINT is expected, with 64 hex digits"
                            + " after the dot");
        }
        return parts;
    }

    private static void requireFingerprint(Identity identity, String fingerprint)
            throws LinkException {
        try {
            String actual =
                    dev.understudy.protocol.Digests.sha256(identity.authority().getEncoded());
            if (!actual.equals(fingerprint)) {
                throw new LinkException(
                        "the control plane named another authority (%s) than the token (%s)"
                                .formatted(actual, fingerprint));
            }
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new LinkException("the authority's certificate cannot be used", e);
        }
    }
}
