package dev.understudy.fleetsim.policy;

import dev.understudy.fleetsim.Notices.Exploitation;
import java.util.BitSet;
import java.util.List;

/// What a notice publishes: one version of a family, which holds a notice's first version and the
/// one that repairs it. Times are hours from the start.
///
/// @param kinds numbers of the configurations that need it
/// @param broken by configuration, the share of its hosts that it breaks; empty for a good one
/// @param atOnce whether it breaks hosts at once rather than after days
/// @param visible whether that shows on twins
/// @param hazard what an hour without it weighs, on average over notices 1
record Version(
        int number,
        int family,
        double at,
        BitSet kinds,
        List<Float> broken,
        boolean atOnce,
        boolean visible,
        double hazard,
        Exploitation exploitation) {
    Version {
        broken = List.copyOf(broken);
    }

    boolean bad() {
        return !broken.isEmpty();
    }
}
