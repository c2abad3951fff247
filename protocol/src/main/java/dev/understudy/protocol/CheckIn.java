package dev.understudy.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an agent says at each poll.
///
/// @param bootId the kernel's boot id: a new one means that the host was rebooted
/// @param inventoryDigest digest of the newest inventory; the control plane asks for the inventory
///   itself when it does not have it
/// @param running the order being carried out, or null when idle
public record CheckIn(
        String agentVersion,
        String bootId,
        String inventoryDigest,
        @Nullable OrderId running,
        List<AgentEvent> events,
        List<CheckpointInfo> checkpoints) {
    public CheckIn {
        Require.text(agentVersion, "agentVersion", 64);
        Require.text(bootId, "bootId", 64);
        Require.matching(inventoryDigest, "inventoryDigest", "[0-9a-f]{64}");
        events = List.copyOf(events);
        checkpoints = List.copyOf(checkpoints);
    }
}
