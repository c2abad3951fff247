package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.List;

/// What hosts need that are alike in all that ranking depends on, as of one state of the
/// advisories.
///
/// @param one any of them, the same every time
/// @param hosts how many they are; never 0
/// @param patches ranked
/// @param unfixed what they are affected by and nothing pending fixes
record Assessment(HostId one, int hosts, List<HostPatch> patches, List<Finding> unfixed) {
    Assessment {
        patches = List.copyOf(patches);
        unfixed = List.copyOf(unfixed);
    }
}
