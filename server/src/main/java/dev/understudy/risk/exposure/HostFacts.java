package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.List;

/// What the index keeps of one host.
///
/// @param shape, pending numbers; 0 where there is none, as for a host that was retired
/// @param held what it still runs of earlier shapes
record HostFacts(HostId host, Stratum of, int shape, int pending, List<Held> held) {
    HostFacts {
        held = List.copyOf(held);
    }

    /// @param kernelOnly whether only the kernel of that shape still runs
    /// @param told what changelogs told of that shape, by number of the set; 0 if nothing
    record Held(int shape, boolean kernelOnly, int told) {}
}
