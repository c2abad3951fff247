package dev.understudy.agent.link;

import dev.understudy.agent.log.Log;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Map;

/// The control plane, as this host reaches it.
public final class ControlPlane implements AutoCloseable {
    private final Path dataFolder;
    private Identity identity;
    private Https https;
    private volatile Map<String, PublicKey> orderKeys;

    public ControlPlane(Identity identity, Path dataFolder) throws LinkException {
        this.dataFolder = dataFolder;
        this.identity = identity;
        this.https = new Https(identity.address(), Tls.of(identity));
        this.orderKeys = identity.keysById();
    }

    /// The keys whose orders count, by their ids.
    public Map<String, PublicKey> orderKeys() {
        return orderKeys;
    }

    public CheckInAnswer checkIn(CheckIn message) throws LinkException, InterruptedException {
        byte[] answer = https.send("POST", "/agent/v1/check-in", Wire.encode(message));
        try {
            return Wire.decode(answer, CheckInAnswer.class);
        } catch (WireException e) {
            throw new LinkException(identity.server() + " answered " + e.getMessage(), e);
        }
    }

    /// Sends an inventory as it was encoded.
    public void inventory(byte[] encoded) throws LinkException, InterruptedException {
        https.send("PUT", "/agent/v1/inventory", encoded);
    }

    /// Replaces the certificate and the key when a third of its life is left. A failure changes
    /// nothing; it is tried again at the next check-in.
    public void renewIfDue(Instant now) throws LinkException, InterruptedException {
        if (now.isBefore(identity.renewAt())) {
            return;
        }
        SigningRequest request = SigningRequest.withNewKey();
        byte[] answer =
                https.send(
                        "POST",
                        "/agent/v1/renew",
                        Wire.encode(new Enrolment.Renewal(request.pem())));
        try {
            Identity renewed =
                    Identity.of(
                            identity.address(),
                            request,
                            Wire.decode(answer, Enrolment.Answer.class));
            if (!renewed.host().equals(identity.host())) {
                throw new LinkException(
                        "the renewed certificate is for host %s".formatted(renewed.host()));
            }
            renewed.write(dataFolder);
            Https former = https;
            https = new Https(renewed.address(), Tls.of(renewed));
            orderKeys = renewed.keysById();
            identity = renewed;
            former.close();
            Log.info("the certificate was renewed; it ends %s", until(renewed));
        } catch (WireException | IOException e) {
            throw new LinkException("the certificate was not renewed: " + e.getMessage(), e);
        }
    }

    private static Instant until(Identity identity) throws LinkException {
        return identity.certificate().getNotAfter().toInstant();
    }

    @Override
    public void close() {
        https.close();
    }
}
