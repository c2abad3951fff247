package dev.understudy.agent.orders;

import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import java.util.Optional;

/// What the gate asks the host about before it lets an order in.
public interface Known {
    /// Why this plan may not be applied on the strength of that rehearsal; empty if it passed.
    Optional<String> notRehearsed(OrderId rehearsal, Plan plan);

    boolean hasCheckpoint(String checkpoint);
}
