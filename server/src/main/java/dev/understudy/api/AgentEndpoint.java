package dev.understudy.api;

import dev.understudy.fleet.CheckIns;
import dev.understudy.fleet.Enrolments;
import dev.understudy.fleet.HostCertificates;
import dev.understudy.fleet.HostIdentity;
import dev.understudy.fleet.InventoryIntake;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Wire;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// What agents talk to, over TLS on a port of its own. A host is who its client certificate says;
/// only joining needs none.
@Hidden
@RestController
@RequestMapping("/agent/v1")
public final class AgentEndpoint {
    private static final int LARGEST_ENROLMENT = 64 << 10;

    /// Times beyond these are a fault of the host's clock or of its wits.
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private final Enrolments enrolments;
    private final HostCertificates certificates;
    private final CheckIns checkIns;
    private final InventoryIntake inventories;
    private final AttemptLimiter limiter;

    public AgentEndpoint(
            Enrolments enrolments,
            HostCertificates certificates,
            CheckIns checkIns,
            InventoryIntake inventories,
            InstantSource clock) {
        this.enrolments = enrolments;
        this.certificates = certificates;
        this.checkIns = checkIns;
        this.inventories = inventories;
        this.limiter = new AttemptLimiter(clock, 20, Duration.ofSeconds(3));
    }

    @PostMapping("/enrol")
    ResponseEntity<byte[]> enrol(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        if (!limiter.allows(address)) {
            throw new Problem(
                    Problem.Kind.TOO_MANY,
                    "too-many-attempts",
                    "Too many failed attempts to enrol from %s; try again in a minute."
                            .formatted(address));
        }
        try {
            byte[] body = AgentBody.read(request, LARGEST_ENROLMENT);
            return json(enrolments.enrol(AgentBody.decode(body, Enrolment.Request.class)));
        } catch (Problem problem) {
            limiter.failed(address);
            throw problem;
        }
    }

    @PostMapping("/check-in")
    ResponseEntity<byte[]> checkIn(HttpServletRequest request) {
        HostIdentity who = identify(request);
        CheckIn said = AgentBody.decode(AgentBody.read(request, Wire.LARGEST), CheckIn.class);
        said.events().stream().map(AgentEvent::at).forEach(AgentEndpoint::requirePlausible);
        said.checkpoints().stream()
                .map(CheckpointInfo::takenAt)
                .forEach(AgentEndpoint::requirePlausible);
        return json(checkIns.checkIn(who, said));
    }

    @PutMapping("/inventory")
    ResponseEntity<byte[]> inventory(HttpServletRequest request) {
        HostIdentity who = identify(request);
        inventories.admit(who);
        byte[] body = AgentBody.read(request, Wire.LARGEST);
        inventories.take(who, Digests.sha256(body), AgentBody.decode(body, Inventory.class));
        return ResponseEntity.noContent().build();
    }

    @PostMapping("/renew")
    ResponseEntity<byte[]> renew(HttpServletRequest request) {
        HostIdentity who = identify(request);
        byte[] body = AgentBody.read(request, LARGEST_ENROLMENT);
        return json(enrolments.renew(who, AgentBody.decode(body, Enrolment.Renewal.class)));
    }

    private HostIdentity identify(HttpServletRequest request) {
        Object shown = request.getAttribute("jakarta.servlet.request.X509Certificate");
        if (!(shown instanceof X509Certificate[] chain) || chain.length == 0) {
            throw new Problem(
                    Problem.Kind.UNAUTHENTICATED,
                    "certificate-missing",
                    "The host showed no client certificate. Enrol it first, with a token.");
        }
        return certificates.identify(chain[0]);
    }

    private static void requirePlausible(Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw AgentBody.bad("the time %s cannot be true".formatted(time));
        }
    }

    private static ResponseEntity<byte[]> json(Object answer) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(Wire.encode(answer));
    }
}
