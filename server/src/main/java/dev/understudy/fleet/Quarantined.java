package dev.understudy.fleet;

import dev.understudy.protocol.QuarantineNotice;

/// Where check-ins get to know what no host may get. Asked at every check-in.
@FunctionalInterface
public interface Quarantined {
    QuarantineNotice notice();
}
