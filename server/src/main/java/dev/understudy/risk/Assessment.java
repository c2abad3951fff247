package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.List;

/// What hosts need that are alike in all that ranking depends on, as of one state of the
/// advisories.
///
/// @param hosts by id; never empty
/// @param patches ranked
/// @param unfixed what they are affected by and nothing pending fixes
record Assessment(List<HostId> hosts, List<HostPatch> patches, List<Finding> unfixed) {
    Assessment {
        hosts = List.copyOf(hosts);
        patches = List.copyOf(patches);
        unfixed = List.copyOf(unfixed);
    }
}
