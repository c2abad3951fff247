package dev.understudy.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an agent says at each poll.
///
/// @param bootId the kernel's boot id: a new one means that the host was rebooted
/// @param inventoryDigest digest of the newest inventory; the control plane asks for the inventory
///   itself when it does not have it
/// @param running the order being carried out, or null when idle
/// @param acknowledged the last event that the control plane said it had stored; one that has less
///   was put back to an older state. Null from an agent that does not say
/// @param quarantine digest of the [QuarantineNotice] that the host knows, empty if it knows none
///   yet. Null from an agent that keeps to none
public record CheckIn(
        String agentVersion,
        String bootId,
        String inventoryDigest,
        @Nullable OrderId running,
        List<AgentEvent> events,
        List<CheckpointInfo> checkpoints,
        @Nullable Long acknowledged,
        @Nullable String quarantine) {
    public CheckIn(
            String agentVersion,
            String bootId,
            String inventoryDigest,
            @Nullable OrderId running,
            List<AgentEvent> events,
            List<CheckpointInfo> checkpoints) {
        this(agentVersion, bootId, inventoryDigest, running, events, checkpoints, null, null);
    }

    public CheckIn {
        Require.text(agentVersion, "agentVersion", 64);
        Require.text(bootId, "bootId", 64);
        Require.matching(inventoryDigest, "inventoryDigest", "[0-9a-f]{64}");
        events = List.copyOf(events);
        checkpoints = List.copyOf(checkpoints);
        if (acknowledged != null) {
            Require.atLeast(acknowledged, 0, "acknowledged");
        }
        if (quarantine != null) {
            Require.matching(quarantine, "quarantine", "([0-9a-f]{64})?");
        }
    }
}
