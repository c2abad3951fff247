package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides whether a wave has proved itself. Asked again and again while a wave runs and soaks.
interface Gate {

    Verdict assess(Evidence evidence);

    /// Everything a gate may look at.
    ///
    /// @param wave the wave that is to be judged
    /// @param soaked whether its soak is over
    /// @param soakedAt when it is over; `Instant.MAX` while the wave is still being patched
    /// @param deployments all hosts of the rollout
    /// @param seen each host's name, and when it last checked in
    /// @param attributed what failures are put down to
    /// @param trial the certificate and what its record has come to; null without a certificate
    record Evidence(
            int wave,
            boolean soaked,
            Instant soakedAt,
            Terms terms,
            List<Deployment> deployments,
            Map<HostId, HostSeen> seen,
            Attributed attributed,
            @Nullable Trial trial) {
        public Evidence {
            deployments = List.copyOf(deployments);
            seen = Map.copyOf(seen);
        }

        /// Whether the host was left out with its class before anybody was patched: it is not among
        /// those whom the gate speaks of.
        boolean leftOut(Deployment d) {
            return d.failedFirst() && terms.rehearsals().leavesOut();
        }

        /// What people call the host.
        String name(Deployment d) {
            return HostSeen.name(seen, d.host());
        }
    }

    /// What a gate decides, and why, in a sentence.
    sealed interface Verdict {
        String reason();

        /// The wave has proved itself.
        record Promote(String reason) implements Verdict {}

        /// There is not enough evidence, or doubt.
        record Hold(String reason) implements Verdict {}

        /// The test has ended without a result: a person has to decide.
        record Ask(String reason) implements Verdict {}

        /// There is evidence of harm.
        record Halt(String reason) implements Verdict {}
    }
}
