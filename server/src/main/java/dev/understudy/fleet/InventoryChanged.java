package dev.understudy.fleet;

import dev.understudy.protocol.HostId;

/// A host sent an inventory that differs from its last one; `shape` may still be the same.
public record InventoryChanged(HostId host, String shape) {}
