package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.util.List;

/// What one host needs, as of one inventory and one generation of advisories.
///
/// @param patches ranked
/// @param unfixed what it is affected by and nothing pending fixes
/// @param facts the inventory, without its packages
record Assessment(HostId host, List<HostPatch> patches, List<Finding> unfixed, Inventory facts) {
    Assessment {
        patches = List.copyOf(patches);
        unfixed = List.copyOf(unfixed);
    }
}
