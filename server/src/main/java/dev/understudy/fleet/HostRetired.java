package dev.understudy.fleet;

import dev.understudy.protocol.HostId;

/// A host has left for good: its certificates are revoked and its open orders cancelled.
public record HostRetired(HostId host) {}
