package dev.understudy.fleet;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;

/// An order ran out before its host was known to have accepted it.
public record OrderExpired(HostId host, OrderId order) {}
