package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.util.List;

/// An investigation ended; what it did not clear is quarantined.
public record CulpritsFound(RolloutId rollout, HostId host, List<PatchId> quarantined) {
    public CulpritsFound {
        quarantined = List.copyOf(quarantined);
    }
}
