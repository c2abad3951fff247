package dev.understudy.rollout;

import dev.understudy.protocol.Triage;
import dev.understudy.risk.PatchId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The patches of a rollout before which hosts secure evidence of their state.
///
/// @param mayFail whether a host is patched although it could not
public record TriageFirst(List<PatchId> patches, boolean mayFail) {
    /// What fits a busy server, and delays no patch by much.
    private static final Duration WITHIN = Duration.ofMinutes(3);

    private static final long MOST_BYTES = 64L << 20;

    public TriageFirst {
        patches = List.copyOf(patches);
        if (patches.isEmpty()) {
            throw new IllegalArgumentException("evidence before no patch at all");
        }
    }

    /// What a host with that plan is to do first; null if nothing.
    @Nullable Triage of(HostPlan plan) {
        return plan.patches().stream().anyMatch(patches::contains)
                ? new Triage(WITHIN, MOST_BYTES, mayFail)
                : null;
    }
}
