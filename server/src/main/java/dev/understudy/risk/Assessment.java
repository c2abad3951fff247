package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.util.List;

/// What hosts need that are alike in all that ranking depends on, as of one state of the
/// advisories.
///
/// @param one any of them, the same every time
/// @param hosts how many they are; never 0
/// @param release as [dev.understudy.advisory.Releases] names it
/// @param patches ranked
/// @param unfixed what they are affected by and nothing pending fixes
/// @param facts what their inventories have in common, as [MatchedHost] has it
record Assessment(
        HostId one,
        int hosts,
        String release,
        List<HostPatch> patches,
        List<Finding> unfixed,
        Inventory facts) {
    Assessment {
        patches = List.copyOf(patches);
        unfixed = List.copyOf(unfixed);
    }
}
