package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.util.List;

/// A host is through with its rollout; `state` names how. One that counts as failed because nothing
/// was heard of it any more is told once more, as `Silent`.
public record DeploymentEnded(
        RolloutId rollout, HostId host, List<PatchId> patches, String state, String reason) {
    public DeploymentEnded {
        patches = List.copyOf(patches);
    }
}
