package dev.understudy.fleet;

import dev.understudy.protocol.HostId;

/// A host runs under a new boot id since its last check-in.
public record HostRebooted(HostId host) {}
