package dev.understudy.rehearsal;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Instant;
import java.util.List;

/// Hosts for which one rehearsal is evidence: those of one makeup with one plan.
public record RehearsalClass(String planDigest, String makeup) {

    /// What one rehearsal showed of its class.
    ///
    /// @param reasons why it failed; empty if it passed
    public record Evidence(
            OrderId rehearsal, HostId host, boolean passed, List<String> reasons, Instant at) {
        public Evidence {
            reasons = List.copyOf(reasons);
        }
    }
}
