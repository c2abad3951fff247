package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.util.List;

/// A host is through with its rollout; `state` names how.
public record DeploymentEnded(
        RolloutId rollout, HostId host, List<PatchId> patches, String state, String reason) {
    public DeploymentEnded {
        patches = List.copyOf(patches);
    }
}
