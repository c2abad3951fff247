package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Instant;

/// A host reported on one of its own orders. Published once for each event, in the host's order;
/// `at` is the host's clock.
public record AgentReported(HostId host, OrderId order, Report report, Instant at) {}
