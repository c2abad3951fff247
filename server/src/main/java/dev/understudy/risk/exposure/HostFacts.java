package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.List;

/// What the index keeps of one host.
///
/// @param internet whether it counts as exposed to the internet
/// @param shape, pending numbers; 0 where there is none, as for a host that was retired
/// @param held what it still runs of earlier shapes
record HostFacts(
        HostId host, String group, boolean internet, int shape, int pending, List<Held> held) {
    HostFacts {
        held = List.copyOf(held);
    }

    /// @param kernelOnly whether only the kernel of that shape still runs
    record Held(int shape, boolean kernelOnly) {}
}
