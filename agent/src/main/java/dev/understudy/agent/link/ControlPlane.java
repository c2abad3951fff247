package dev.understudy.agent.link;

import dev.understudy.agent.log.Log;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The control plane, as this host reaches it.
public final class ControlPlane implements AutoCloseable {
    private final Path dataFolder;
    private Identity identity;
    private Https https;
    private volatile KeyRing orderKeys;

    public ControlPlane(Identity identity, Path dataFolder) throws LinkException {
        this.dataFolder = dataFolder;
        this.identity = identity;
        this.https = new Https(identity.address(), Tls.of(identity));
        this.orderKeys = KeyRing.of(identity.orderKeys());
    }

    /// The keys whose orders count at this time, by their ids.
    public Map<String, PublicKey> orderKeys(Instant now) {
        return orderKeys.valid(now);
    }

    /// Takes the keys that the control plane has now, as far as a key that is obeyed already
    /// vouches for them. They are on the disk before any of their orders counts.
    void learn(@Nullable List<KeyNotice> notices, Instant now) throws LinkException {
        if (notices == null) {
            return;
        }
        KeyRing next = orderKeys.after(notices, now);
        if (next.equals(orderKeys)) {
            return;
        }
        Identity informed = identity.with(next.keys());
        try {
            informed.write(dataFolder);
        } catch (IOException e) {
            throw new LinkException("new order keys were not kept: " + e.getMessage(), e);
        }
        Log.info("order keys: %s", next);
        identity = informed;
        orderKeys = next;
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
                                    Wire.decode(answer, Enrolment.Answer.class))
                            .with(identity.orderKeys()); // a renewal teaches no keys
            if (!renewed.host().equals(identity.host())) {
                throw new LinkException(
                        "the renewed certificate is for host %s".formatted(renewed.host()));
            }
            renewed.write(dataFolder);
            Https former = https;
            https = new Https(renewed.address(), Tls.of(renewed));
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
