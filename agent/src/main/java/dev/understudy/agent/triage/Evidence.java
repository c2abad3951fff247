package dev.understudy.agent.triage;

import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import java.util.Optional;

/// Evidence of the host's state from before its first change.
public interface Evidence {
    /// Secures it for the order, unless the owner refuses; once it is there, that stays.
    TriageOutcome secure(OrderId order, Plan plan, Triage wanted) throws InterruptedException;

    /// What was secured; empty if nothing was.
    Optional<TriageOutcome> find(OrderId order);
}
