package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.TriageOutcome;

/// A host secured evidence of its state before it was patched, or could not.
public record TriageSecured(RolloutId rollout, HostId host, OrderId order, TriageOutcome outcome) {}
