package dev.understudy.agent.orders;

import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import java.util.Optional;

/// What the gate asks the host about before it lets an order in.
public interface Known {
    /// Why this plan may not be applied on the strength of that rehearsal; empty if it passed, or
    /// if a person accepted it (`accepted`) and it was inconclusive.
    Optional<String> notRehearsed(OrderId rehearsal, Plan plan, boolean accepted);

    /// Why nobody may install the plan here: it brings what is in quarantine. Empty if it does not.
    Optional<String> quarantined(Plan plan);

    boolean hasCheckpoint(String checkpoint);
}
