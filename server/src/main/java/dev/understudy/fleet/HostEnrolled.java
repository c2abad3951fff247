package dev.understudy.fleet;

import dev.understudy.protocol.HostId;

/// A host has joined.
public record HostEnrolled(HostId host) {}
